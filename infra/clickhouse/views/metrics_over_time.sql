-- Quality of each model on logged truth, by month of the event.
-- Formula: as in auc, logloss and ranking, each within a month
-- Unit: auc, hr10, ndcg10 none; logloss nats; Range: as in those views; n counts items predicted;
--   null where a month has no such rows
-- Source: topic predictions (source 'logged')
create or replace view metrics_over_time as
with
  predicted as (
    select
      model,
      makeDate32(toYear(at), toMonth(at), 1) as bucket,
      count() as n,
      if(sum(y) in (0, count()), null, arrayAUC(groupArray(score), groupArray(y))) as auc,
      avg(if(y = 1, -log(sure), -log(1 - sure))) as logloss
    from _predicted
    where source = 'logged'
    group by model, bucket
  ),
  ranked as (
    select
      model,
      makeDate32(toYear(at), toMonth(at), 1) as bucket,
      toNullable(avg(_ranked.ndcg10)) as ndcg10,
      toNullable(avg(_ranked.hr10)) as hr10
    from _ranked
    where source = 'logged'
    group by model, bucket
  )
select model, bucket, n, auc, logloss, ndcg10, hr10
from predicted left join ranked using (model, bucket)
order by model, bucket
