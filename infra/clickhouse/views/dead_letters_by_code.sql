-- What was skipped, by where it came from and why.
-- Formula: count of records
-- Unit: records; Range: 1 and up
-- Source: topic dead-letters; codes in docs/errors
create or replace view dead_letters_by_code as
select origin, code, count() as n, max(at) as lastAt
from dead_letters final
group by origin, code
order by n desc, origin, code
