-- How widely and how evenly each variant has shown the catalogue, by month of the event.
-- Formula: as exposure_by_variant, within a month: the window over which DivRatio compares
-- Unit: none; Range: as in exposure_by_variant
-- Source: topics impressions (servedBy 'served') and items
create or replace view exposure_over_time as
select variant, bucket, shown, distinctItems, catalogue, divRatio, orRatio, cv, coverage, gini
from _shown_exposure
where isWhole = 0
order by variant, bucket
