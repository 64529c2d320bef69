-- Every served slate as an arm of an experiment counts it: what models/experiment/arm.ts is in TypeScript.
-- Formula: reward = items with a positive reward; covariate = (p + 1) / (n + 2), p of n the user's positive
--   feedback before the first slate served here
-- Unit: one row an impression; Range: reward 0 up, covariate 0 to 1
-- Source: topics impressions (servedBy 'served') and rewards (variant '', which is outside experiments)
create or replace view _served_by_arm as
with firsts as (
  select userId, min(at) as firstAt from _served group by userId
), earlier as (
  select firsts.userId as userId, countIf(logged.positive) as p, count() as n
  from firsts inner join (select * from rewards final where variant = '') as logged
    on logged.userId = firsts.userId
  where logged.at < firsts.firstAt
  group by userId
)
select
  slates.at as at, slates.userId as userId, slates.variant as variant,
  slates.itemIds as itemIds,
  slates.clicks as reward,
  slates.latencyMs as latencyMs,
  (earlier.p + 1) / (earlier.n + 2) as covariate
from (select * from _served where variant != '') as slates
left join earlier on earlier.userId = slates.userId
