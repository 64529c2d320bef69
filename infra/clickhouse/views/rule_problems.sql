-- What rules of the shop name that the catalogue does not know: such a rule does nothing there.
-- Formula: a row for each item and each group of a rule that no item of the catalogue is or has
-- Unit: one row a name; field: items or groups
-- Source: topics rules and items
create or replace view rule_problems as
select ruleId, kind, field, name
from (
  select ruleId, kind, 'items' as field, arrayJoin(items) as name from rules final
  union all
  select ruleId, kind, 'groups' as field, arrayJoin(groups) as name from rules final
)
where (field = 'items' and name not in (select itemId from items final))
  or (field = 'groups' and name not in (select arrayJoin(groups) from items final))
order by ruleId, field, name
