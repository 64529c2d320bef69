-- Whether people click what the popularity baseline would not have shown them.
-- Formula: serendipity = clicked items that are none of the k most popular / clicked items, k = items of the
--   slate; popularity = users with a positive outcome, of people, of as many the smaller id first; source as in
--   ctr_by_variant
-- Unit: share of clicks; Range: 0 to 1; null without clicks
-- Source: topics impressions (servedBy 'served') and rewards; Ge, Delgado-Battenfeld & Jannach 2010;
--   models/metrics/popularity-bias.ts
create or replace view serendipity_by_variant as
select
  variant, source,
  countIf(isClicked) as clicks,
  countIf(isClicked and (rank = 0 or rank > k)) as beyond,
  beyond / nullIf(clicks, 0) as serendipity
from (
  select variant, source, toUInt32(length(slate)) as k, itemId, isClicked
  from _served_answers
  array join itemIds as itemId, clicked as isClicked
) as answered
left join _popularity on _popularity.itemId = answered.itemId
group by variant, source
order by variant, source
