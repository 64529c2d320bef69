-- The moving reward of each variant, as an array over its slates.
-- Formula: slates in order of time; window = floor(slates / 5), one at least; levels[j] = clicks / sum of shares
--   of the window of slates that ends with slate window - 1 + j; share as in _served_answers
-- Unit: one row a variant and source
-- Source: _served_answers
create or replace view _served_levels as
select
  variant, source,
  arraySort(groupArray((at, impressionId, clicks, share))) as slates,
  toUInt32(greatest(1, intDiv(count(), 5))) as window,
  arrayCumSum(arrayMap(slate -> toFloat64(slate.3), slates)) as earned,
  arrayCumSum(arrayMap(slate -> slate.4, slates)) as possible,
  arrayMap(
    t -> (earned[t] - if(t > window, earned[t - window], 0)) / (possible[t] - if(t > window, possible[t - window], 0)),
    range(window, toUInt32(length(slates)) + 1)
  ) as levels
from _served_answers
group by variant, source
