-- How unevenly each variant treats the groups of items, by month of the event.
-- Formula: as unfairness_by_variant, of the slates of a month and the users who were shown them
-- Unit: share; Range: as in unfairness_by_variant
-- Source: topics impressions (servedBy 'served'), rewards (variant '', of people) and items
create or replace view unfairness_over_time as
select variant, bucket, k, counting, count() as groups, avg(abs(gu)) as mgu, max(gu) - min(gu) as dgu
from _shown_groups
where isWhole = 0
group by variant, bucket, k, counting
order by variant, bucket, k, counting
