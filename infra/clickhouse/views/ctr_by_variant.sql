-- Click-through rate of each variant.
-- Formula: ctr = clicks / shown; a click is a distinct (impression, item) with a positive reward;
--   source: outcomes of people ('logged') and of the simulator ('simulated', those with a weight), never
--   mixed: where both answered an item, the person's counts
-- Unit: clicks per item shown; Range: 0 to 1
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view ctr_by_variant as
select
  variant,
  source,
  count() as impressions,
  sum(length(itemIds)) as shown,
  sum(judged.clicks) as clicks,
  sum(judged.clicks) / nullIf(sum(length(itemIds)), 0) as ctr
from _served_answers as judged
group by variant, source
order by variant, source
