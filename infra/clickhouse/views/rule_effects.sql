-- What each rule of the shop did, and what was clicked with and without it.
-- Formula: requests = slates in whose scope the rule was; acted, idle, heldOut, lost, unmet = those of them
--   with that outcome; emptied = slates left without an item where it removed some; removed = candidates;
--   positions = shown positions at which it acted; moved = those of them that show another item than the
--   same draw without pins, slots, counts and boosts; ctrActed and ctrIdle = clicks / items shown where it
--   acted and where it had nothing to do: such slates differ in more than the rule, so their difference is
--   no effect of it; with a hold-out, ctrHolds and ctrHeldOut = the same for users with the rule and for
--   users without it, lift = ctrHolds - ctrHeldOut, low, high = lift -/+ 1.96 se, null for fewer than two
--   users on a side; by user A = clicks, B = items shown, on each side
--   se^2 = n / (n - 1) sum (A - ctr B)^2 / (sum B)^2; isKept: whether the rule is there now;
--   source: outcomes of people ('logged') and of the simulator ('simulated'), never mixed; empty for a
--   rule in whose scope no request was
-- Unit: slates, candidates, positions, clicks per item shown; Range: counts 0 and up, ctr 0 to 1
-- Source: topics rules, impressions (servedBy 'served') and rewards; linearised ratio, Cochran 1977; one
--   look: an interval for every look is that of `millrace experiment`
create or replace view rule_effects as
with
  by_user as (
    select ruleId, source, userId, holds, sum(clicks) as a, sum(shown) as b
    from _served_rules
    group by ruleId, source, userId, holds
  ),
  sides as (
    select
      ruleId, source, holds,
      count() as n,
      sum(a) / nullIf(sum(b), 0) as ctr,
      greatest(0, sum(a * a) - 2 * ctr * sum(a * b) + ctr * ctr * sum(b * b))
        * n / nullIf(n - 1, 0) / nullIf(sum(b) * sum(b), 0) as variance
    from by_user
    group by ruleId, source, holds
  ),
  compared as (
    select
      ruleId, source,
      anyIf(ctr, holds = 1) as ctrHolds,
      anyIf(ctr, holds = 0) as ctrHeldOut,
      ctrHolds - ctrHeldOut as lift,
      1.96 * sqrt(anyIf(variance, holds = 1) + anyIf(variance, holds = 0)) as width
    from sides
    group by ruleId, source
    having uniqExact(holds) = 2
  ),
  counted as (
    select
      ruleId, source,
      any(slates.kind) as kind,
      count() as requests,
      countIf(outcome = 'acted') as acted,
      countIf(outcome = 'idle') as idle,
      countIf(outcome = 'heldOut') as heldOut,
      countIf(outcome = 'lost') as lost,
      countIf(outcome = 'unmet') as unmet,
      countIf(isEmpty and slates.removed > 0) as emptied,
      sum(slates.removed) as removed,
      sum(acts) as positions,
      sum(slates.moved) as moved,
      sumIf(clicks, outcome = 'acted') / nullIf(sumIf(shown, outcome = 'acted'), 0) as ctrActed,
      sumIf(clicks, outcome = 'idle') / nullIf(sumIf(shown, outcome = 'idle'), 0) as ctrIdle
    from _served_rules as slates
    group by ruleId, source
  ),
  unused as (
    select ruleId, kind from rules final where ruleId not in (select ruleId from _served_rules)
  ),
  every as (
    select * from counted
    union all
    select ruleId, '' as source, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, null from unused
  )
select
  every.ruleId as ruleId,
  every.kind as kind,
  every.source as source,
  every.ruleId in (select ruleId from rules final) as isKept,
  requests, acted, idle, heldOut, lost, unmet, emptied, removed, positions, moved,
  ctrActed, ctrIdle,
  compared.ctrHolds as ctrHolds,
  compared.ctrHeldOut as ctrHeldOut,
  compared.lift as lift,
  compared.lift - compared.width as low,
  compared.lift + compared.width as high
from every
left join compared on compared.ruleId = every.ruleId and compared.source = every.source
order by ruleId, source
