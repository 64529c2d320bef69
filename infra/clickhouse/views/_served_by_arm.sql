-- Every served slate as an arm of an experiment counts it: what models/experiment/arm.ts is in TypeScript.
-- Formula: reward = items with a positive outcome of the source; slates = share of the slate's items that
--   have an outcome of it; covariate = (p + 1) / (n + 2), p of n the user's positive feedback before the
--   first slate served here, people's alone
-- Unit: one row an impression and source; Range: reward 0 up, slates and covariate 0 to 1
-- Source: topics impressions (servedBy 'served') and rewards (variant '', which is outside experiments)
create or replace view _served_by_arm as
with firsts as (
  select userId, min(at) as firstAt from _served group by userId
), earlier as (
  select firsts.userId as userId, countIf(logged.positive) as p, count() as n
  from firsts
  inner join (select * from rewards final where variant = '' and source = 'logged') as logged
    on logged.userId = firsts.userId
  where logged.at < firsts.firstAt
  group by userId
)
select
  judged.at as at, judged.userId as userId, judged.variant as variant, judged.source as source,
  judged.slate as itemIds,
  judged.clicks as reward,
  judged.share as slates,
  judged.latencyMs as latencyMs,
  (earlier.p + 1) / (earlier.n + 2) as covariate
from (select * from _served_answers where variant != '') as judged
left join earlier on earlier.userId = judged.userId
