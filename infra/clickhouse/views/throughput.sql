-- What arrived in ClickHouse in the last five minutes, second by second.
-- Formula: count of records by the second in which they landed
-- Unit: records a second; Range: 1 and up; seconds without records are absent
-- Source: every topic that ClickHouse reads; wall-clock time, not event time
create or replace view throughput as
with now() - interval 5 minute as since
select topic, toStartOfSecond(ingestedAt) as second, count() as records
from (
  select 'items' as topic, ingestedAt from items final where ingestedAt > since union all
  select 'requests' as topic, ingestedAt from requests final where ingestedAt > since union all
  select 'impressions' as topic, ingestedAt from impressions final where ingestedAt > since union all
  select 'clicks' as topic, ingestedAt from clicks final where ingestedAt > since union all
  select 'rewards' as topic, ingestedAt from rewards final where ingestedAt > since union all
  select 'examples' as topic, ingestedAt from examples final where ingestedAt > since union all
  select 'predictions' as topic, ingestedAt from predictions final where ingestedAt > since union all
  select 'item-vectors' as topic, ingestedAt from item_vectors final where ingestedAt > since union all
  select 'snapshots' as topic, ingestedAt from snapshots final where ingestedAt > since union all
  select 'experiments' as topic, ingestedAt from experiments final where ingestedAt > since union all
  select 'audit' as topic, ingestedAt from audit final where ingestedAt > since union all
  select 'dead-letters' as topic, ingestedAt from dead_letters final where ingestedAt > since union all
  select 'replays' as topic, ingestedAt from replays final where ingestedAt > since
)
group by topic, second
order by topic, second
