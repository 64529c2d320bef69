-- How unevenly each variant treats the groups of items: MGU@K and DGU@K.
-- Formula: mgu = mean |GU(g)|, dgu = max GU(g) - min GU(g) over the groups, GU as in unfairness_by_group;
--   mguName and dguName say K: of the first K items of slates that have as many
-- Unit: share; Range: mgu 0 to 1, dgu 0 to 2; 0 is even; null where nobody has a history
-- Source: topics impressions (servedBy 'served'), rewards (variant '', of people) and items; Jiang et al. 2024
--   (counting 'whole'), SPRec 2025 ('shared'); models/metrics/group-unfairness.ts
create or replace view unfairness_by_variant as
select
  variant,
  concat('MGU@', toString(k)) as mguName, concat('DGU@', toString(k)) as dguName,
  k, counting,
  count() as groups,
  avg(abs(gu)) as mgu,
  max(gu) - min(gu) as dgu
from _shown_groups
where isWhole = 1
group by variant, k, counting
order by variant, k, counting
