-- What the audit found of privacy, hallucination and judgement: masked texts, false claims, judged drafts.
-- Formula: found = sum of the findings' values; looked = sum of what they were measured on;
--   rate = found / looked
-- Unit: found claims, masked texts or drafts, looked readings or texts, rate found per reading or text;
--   Range: 0 and up
-- Source: topic audit (kinds privacy, hallucination and judgement)
create or replace view audit_counts as
select
  kind,
  component,
  name,
  sum(value) as found,
  sum(count) as looked,
  found / looked as rate,
  max(at) as lastAt
from audit final
where kind in ('privacy', 'hallucination', 'judgement')
group by kind, component, name
order by kind, component, name
