-- How widely and evenly each variant has shown the items; by variant and over time.
-- Formula: counts c_i of all items, n of them, those of the catalogue and whatever was shown;
--   as exposureFigures in models/metrics/exposure.ts, items never shown being the first n - distinctItems
-- Unit: one row a variant and span
-- Source: _shown, topic items
create or replace view _shown_exposure as
select
  variant, isWhole, bucket,
  sum(times) as shown,
  count() as distinctItems,
  any(n) as catalogue,
  distinctItems / shown as divRatio,
  arraySum(arraySlice(arrayReverseSort(groupArray(times)), 1, 3)) / shown as orRatio,
  sqrt(greatest(0, sum(toFloat64(times) * times) / any(n) - pow(shown / any(n), 2))) / (shown / any(n)) as cv,
  distinctItems / any(n) as coverage,
  arraySum(
    (x, i) -> x * (2. * (any(n) - count() + i) - any(n) - 1),
    arraySort(groupArray(times)), arrayEnumerate(groupArray(times))
  ) / any(n) / shown as gini
from (
  select variant, isWhole, bucket, itemId, count() as times from _shown group by variant, isWhole, bucket, itemId
) as counted
cross join (
  select uniqExact(itemId) as n
  from (select itemId from items final union all select itemId from _shown where isWhole = 1)
) as every
group by variant, isWhole, bucket
