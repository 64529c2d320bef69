-- How much of the catalogue each variant has shown.
-- Formula: coverage = distinct items shown / distinct items of the catalogue
-- Unit: share; Range: 0 to 1; null while the catalogue is empty
-- Source: topics impressions (servedBy 'served') and items; Ge, Delgado-Battenfeld & Jannach 2010
create or replace view coverage_by_variant as
select
  variant,
  uniqExactArray(itemIds) as distinctItems,
  (select uniqExact(itemId) from items final) as catalogue,
  distinctItems / nullIf(catalogue, 0) as coverage
from _served
group by variant
order by variant
