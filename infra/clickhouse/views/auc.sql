-- How well each model orders clicked before not clicked, before it learned from them.
-- Formula: P(p of a positive > p of a negative) + P(equal) / 2 (Mann-Whitney U / (positives negatives))
-- Unit: probability; Range: 0 to 1, 0.5 is chance; null while one of the classes is missing
-- Source: topic predictions; Hanley & McNeil 1982
create or replace view auc as
select
  model,
  source,
  count() as n,
  sum(y) as positives,
  if(positives in (0, n), null, arrayAUC(groupArray(score), groupArray(y))) as auc
from _predicted
group by model, source
order by model, source
