-- What each variant earned and missed by the truth of a seeded world, which knows it.
-- Formula: reward = mean expected clicks of its slates; best = the same of the best slates of all items;
--   regret = sum(best - expected); regretPerSlate = best - reward
-- Unit: clicks; Range: reward 0 to best; regret 0 and up. Without rows where no world answers
-- Source: topic truths; Lai & Robbins 1985
create or replace view regret_by_variant as
select
  variant,
  count() as slates,
  avg(truth.1) as reward,
  avg(truth.2) as best,
  sum(truth.2 - truth.1) as regret,
  regret / slates as regretPerSlate
from (
  -- A slate that was answered twice has the same truth twice.
  select impressionId, variant, any((expected, best)) as truth
  from truths final
  group by impressionId, variant
)
group by variant
order by variant
