-- How soon each variant earned what it earns at the end.
-- Formula: convergedAt = slates until the moving reward stays within 2 % of its final level, null where that is
--   0: who earns nothing has come to no level; window, level as in moving_reward, final = its last
-- Unit: slates; Range: convergedAt window to slates; at slates itself it may only just have come there
-- Source: topics impressions (servedBy 'served') and rewards; models/metrics/convergence.ts
create or replace view convergence_by_variant as
select
  variant, source,
  length(slates) as impressions,
  window,
  levels[-1] as final,
  if(
    final > 0 and isFinite(final),
    window + arrayLastIndex(level -> not (abs(level / final - 1) <= 0.02), levels),
    null
  ) as convergedAt
from _served_levels
order by variant, source
