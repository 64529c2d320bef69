-- What was skipped, by where it came from and why.
-- Formula: count of records; a record that several steps skipped, or that ClickHouse could not take either,
--   counts once; lastAt of what ClickHouse alone has seen is the time it was read; its bytes are in ingest_errors
-- Unit: records; Range: 1 and up
-- Source: topic dead-letters; table ingest_errors; codes in docs/errors
create or replace view dead_letters_by_code as
select origin, code, count() as n, max(at) as lastAt
from (
  select origin, code, max(at) as at
  from (
    select origin, code, at, (partition, offset, if(offset is null, (_partition, _offset), (0, 0))) as record
    from dead_letters final
    union all
    select topic as origin, code, ingestedAt as at,
      (toNullable(toInt32(_partition)), toNullable(toInt64(_offset)), (toUInt64(0), toUInt64(0))) as record
    from ingest_errors final
  )
  group by origin, code, record
)
group by origin, code
order by n desc, origin, code
