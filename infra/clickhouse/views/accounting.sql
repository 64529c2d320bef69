-- Whether every row of the replayed logs arrived once, and only once.
-- Formula: read = sum over replays of the rows last reported; a row is one (impressionId, position);
--   lost = read - distinct rows in examples - unreadable rows; duplicated = rows - distinct rows
-- Unit: rows; Range: lost and duplicated are 0 when all is well; lost falls to 0 as windows close
-- Source: topics replays, impressions and examples (origin 'logged'), dead-letters
create or replace view accounting as
with
  (
    select sum(events) from (select argMax(events, _offset) as events from replays final group by replayId)
  ) as rowsRead,
  (select sum(length(`items.itemId`)) from impressions final where origin = 'logged') as shown,
  (
    select (count(), uniqExact(impressionId, position))
    from examples final
    array join `items.position` as position
    where origin = 'logged'
  ) as arrived,
  (select count() from dead_letters final where code = 'row-unreadable') as unreadable
select
  toInt64(rowsRead) as read,
  toInt64(shown) as inImpressions,
  toInt64(arrived.1) as inExamples,
  toInt64(rowsRead) - toInt64(arrived.2) - toInt64(unreadable) as lost,
  toInt64(arrived.1) - toInt64(arrived.2) as duplicated
