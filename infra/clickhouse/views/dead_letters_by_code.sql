-- What was skipped, by where it came from and why.
-- Formula: count of records; code 'ingest-unreadable' counts what ClickHouse itself could not read,
--   lastAt then being the time it was read; the bytes are in ingest_errors
-- Unit: records; Range: 1 and up
-- Source: topic dead-letters; table ingest_errors; codes in docs/errors
create or replace view dead_letters_by_code as
select origin, code, count() as n, max(at) as lastAt
from (
  select origin, code, at from dead_letters final
  union all
  select topic as origin, 'ingest-unreadable' as code, ingestedAt as at from ingest_errors final
)
group by origin, code
order by n desc, origin, code
