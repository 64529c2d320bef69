-- What the audit found of privacy and hallucination: how much was masked and how many claims were false.
-- Formula: found = sum of the findings' values; looked = sum of what they were measured on;
--   rate = found / looked
-- Unit: found claims or masked texts, looked readings or texts, rate found per reading or text;
--   Range: 0 and up
-- Source: topic audit (kinds privacy and hallucination)
create or replace view audit_counts as
select
  kind,
  stage,
  name,
  sum(value) as found,
  sum(count) as looked,
  found / looked as rate,
  max(at) as lastAt
from audit final
where kind in ('privacy', 'hallucination')
group by kind, stage, name
order by kind, stage, name
