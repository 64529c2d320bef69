-- How long users stay with each variant, and what a stay earns.
-- Formula: slates of a user less than 30 minutes apart are one session; turns = mean slates of a session (Len of
--   EasyRL4Rec); rewardPerSession = clicks / sessions (R_traj); rewardPerTurn = clicks / slates (R_each);
--   source as in ctr_by_variant, sessions of the slates that have an outcome of it
-- Unit: slates, clicks; Range: turns 1 up
-- Source: topics impressions (servedBy 'served') and rewards; models/metrics/turns.ts
create or replace view turns_by_variant as
select
  variant, source,
  sum(isFirst) as sessions,
  count() / sessions as turns,
  sum(judged.clicks) / sessions as rewardPerSession,
  sum(judged.clicks) / count() as rewardPerTurn
from (
  select
    variant, source, clicks,
    row_number() over own = 1
      or toUnixTimestamp64Milli(at) - lagInFrame(toUnixTimestamp64Milli(at)) over own >= 1800000 as isFirst
  from _served_answers
  window own as (
    partition by variant, source, userId order by at, impressionId
    rows between unbounded preceding and unbounded following
  )
) as judged
group by variant, source
order by variant, source
