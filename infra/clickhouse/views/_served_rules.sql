-- Each served slate once for each rule in whose scope its request was, and each source of its outcomes.
-- Formula: shown = items of the slate with an outcome of the source; clicks as in _served_answers;
--   acts = positions at which the rule acted; holds = 0 if the user is in the rule's hold-out, else 1
-- Unit: one row an impression, rule and source; Range: counts, 0 and up
-- Source: topic impressions (servedBy 'served') and _served_answers
create or replace view _served_rules as
select
  effects.impressionId as impressionId,
  effects.userId as userId,
  effects.ruleId as ruleId,
  effects.kind as kind,
  effects.outcome as outcome,
  if(effects.outcome = 'heldOut', 0, 1) as holds,
  effects.removed as removed,
  length(effects.positions) as acts,
  effects.moved as moved,
  effects.isEmpty as isEmpty,
  judged.source as source,
  length(judged.itemIds) as shown,
  judged.clicks as clicks
from (
  select
    impressionId, userId, empty(`items.itemId`) as isEmpty,
    ruleId, kind, outcome, removed, positions, moved
  from (select * from impressions final where servedBy = 'served') as slates
  array join
    `rules.ruleId` as ruleId, `rules.kind` as kind, `rules.outcome` as outcome,
    `rules.removed` as removed, `rules.positions` as positions, `rules.moved` as moved
) as effects
inner join _served_answers as judged on judged.impressionId = effects.impressionId
