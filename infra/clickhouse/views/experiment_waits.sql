-- Why candidates stayed in their phase, latest first: one row each time the reason changed.
-- Formula: none; reason as models/experiment/promotion.ts gives it, after the phase
-- Unit: users judged in the phase when it was said, slates served here so far
-- Source: topic audit (kind promotion)
create or replace view experiment_waits as
select
  at,
  substring(component, length('promote-') + 1) as experimentId,
  splitByString(': ', name, 2)[1] as phase,
  splitByString(': ', name, 2)[2] as reason,
  toUInt64(value) as users,
  count as slates
from audit final
where kind = 'promotion'
order by at desc, experimentId, _offset desc
