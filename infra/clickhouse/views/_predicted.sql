-- One row for each model and item: the click probability a model gave before it learned.
-- Formula: p as it was given; score orders by it, -1 where p is NaN: what says nothing ranks last;
--   sure = p cut to [1e-6, 1 - 1e-6], for logarithms: one sure mistake costs 13.8 nats, not infinity
--   source: who answered the item; as the whole slate in records from before items said so
-- Unit: probability; Range: p and sure 0 to 1 or NaN, score -1 to 1, y 0 or 1
-- Source: topic predictions; prequential evaluation, Dawid 1984, Gama et al. 2013
create or replace view _predicted as
select
  impressionId, at, source, model, itemId, y,
  probabilities[column] as p,
  if(isNaN(p), -1, p) as score,
  if(isNaN(p), p, least(greatest(p, 1e-6), 1 - 1e-6)) as sure
from (
  select
    impressionId, at, ifNull(sourceOf, record.source) as source, models,
    itemOf as itemId, toUInt8(positiveOf) as y, probabilities
  from predictions as record final
  array join `items.itemId` as itemOf, `items.positive` as positiveOf, `items.p` as probabilities,
    arrayResize(`items.source`, length(`items.itemId`)) as sourceOf
)
array join models as model, arrayEnumerate(models) as column
where column <= length(probabilities)
