-- Which groups of items each variant shows more, or less, than the same users choose by themselves.
-- Formula: GU(g) = share of g among the first k items of the slates - share of g among what these users chose
--   outside of them; counting 'whole': an item counts 1 in each of its n groups (IFairLRS), 'shared': 1 / n
--   (SPRec)
-- Unit: share; Range: gu -1 to 1, 0 is even; null where nobody has a history
-- Source: topics impressions (servedBy 'served'), rewards (variant '', of people) and items; Jiang et al. 2024
create or replace view unfairness_by_group as
select variant, k, counting, group, shownShare, chosenShare, gu
from _shown_groups
where isWhole = 1
order by variant, k, counting, group
