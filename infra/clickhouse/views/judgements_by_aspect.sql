-- What people and models think of the reasons, by aspect, and how far the model's marks go with people's.
-- Formula: mean and std (standard deviation) of the scores; correlation (Pearson) over the reasons that both judged, of
--   their mean scores in the aspect; null with fewer than three
-- Unit: marks from 1, poor, to 5; Range: correlation -1 to 1
-- Source: topic judgements
create or replace view judgements_by_aspect as
with
  each as (
    select judgementId, argMax(hash, _offset) as hash, argMax(judge, _offset) as judge,
      argMax(aspect, _offset) as aspect, argMax(score, _offset) as score
    from judgements final group by judgementId
  ),
  both as (
    select hash, aspect, avgIf(score, judge = 'person') as person, avgIf(score, judge = 'model') as model
    from each group by hash, aspect
    having countIf(judge = 'person') > 0 and countIf(judge = 'model') > 0
  ),
  agreement as (
    select aspect, count() as shared, corrStable(person, model) as correlation from both group by aspect
  )
select
  each.judge as judge,
  each.aspect as aspect,
  count() as n,
  uniqExact(each.hash) as explanations,
  avg(each.score) as mean,
  stddevPopStable(each.score) as std,
  any(agreement.shared) as shared,
  if(any(agreement.shared) >= 3, any(agreement.correlation), null) as correlation
from each
left join agreement on agreement.aspect = each.aspect
group by judge, aspect
order by aspect, judge
