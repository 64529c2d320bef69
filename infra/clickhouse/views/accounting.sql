-- Whether everything of the replayed logs arrived once, and only once.
-- Formula: read = rows the replays last reported; what they wrote must be found again: a position of a
--   slate in an example, a feedback event in a reward or, refused with its reason, in the dead
--   letters, a row that cannot be used in the dead letters, an event that cannot be in ingest_errors;
--   lost = written - found distinct; feedback that names no slate may answer one served here;
--   duplicated = found - found distinct, of positions and rewards
-- Unit: rows, positions and feedback events; Range: lost and duplicated are 0 when all is well; lost
--   falls to 0 as windows close; a position is a place in the record: some logs know no positions
-- Source: topics replays, impressions, clicks, examples and rewards (logged), dead-letters; table
--   ingest_errors
create or replace view accounting as
with
  (
    select (sum(last.1), sum(last.2), sum(last.3), sum(last.4))
    from (
      select argMax((events, shown, clicks, unreadable), _offset) as last
      from replays final group by replayId
    )
  ) as written,
  (select sum(length(`items.itemId`)) from impressions final where servedBy = 'logged') as inSlates,
  (
    select (count(), uniqExact(impressionId, place))
    from examples final
    array join arrayEnumerate(`items.itemId`) as place
    where servedBy = 'logged'
  ) as positions,
  (
    select (count(), uniqExact(clickId))
    from rewards final
    where source = 'logged'
      and (
        variant = ''
          or clickId in (
            select clickId from clicks final
            where impressionId = ''
              and clickId in (select clickId from rewards where source = 'logged' and variant != '')
          )
      )
  ) as feedback,
  (
    select
      (
        countIf(
          origin = 'clicks' and JSONExtractString(data, 'source') = 'logged'
            and not startsWith(JSONExtractString(data, 'impressionId'), 'served-')
        ),
        countIf(line is not null)
      )
    from dead_letters final
  ) as refused,
  (
    select
      (
        sumIf(JSONLength(event, 'items'), topic = 'impressions' and JSONExtractString(event, 'servedBy') = 'logged'),
        countIf(
          topic = 'clicks' and JSONExtractString(event, 'source') = 'logged'
            and not startsWith(JSONExtractString(event, 'impressionId'), 'served-')
        )
      )
    from ingest_errors final
  ) as unusable
select
  toInt64(written.1) as read,
  toInt64(inSlates) as inImpressions,
  toInt64(positions.1) as inExamples,
  toInt64(written.2) - toInt64(positions.2) - toInt64(unusable.1)
    + toInt64(written.3) - toInt64(feedback.2) - toInt64(refused.1) - toInt64(unusable.2)
    + toInt64(written.4) - toInt64(refused.2) as lost,
  toInt64(positions.1) - toInt64(positions.2) + toInt64(feedback.1) - toInt64(feedback.2) as duplicated
