-- How many records each topic brought, and how many of them say again what was said.
-- Formula: duplicates = records - distinct ids; predictions count by impression and set of models;
--   0 where a topic may say the same again (latest by key, findings)
-- Unit: records; Range: 0 and up; duplicates is 0 when every step ran exactly once
-- Source: every topic that ClickHouse reads
create or replace view topic_counts as
select topic, toUInt64(records) as records, toInt64(duplicates) as duplicates
from (
  select 'items' as topic, count() as records, 0 as duplicates from items final union all
  select 'requests' as topic, count() as records, count() - uniqExact(requestId) as duplicates from requests final union all
  select 'impressions' as topic, count() as records, count() - uniqExact(impressionId) as duplicates from impressions final union all
  select 'clicks' as topic, count() as records, count() - uniqExact(clickId) as duplicates from clicks final union all
  select 'rewards' as topic, count() as records, count() - uniqExact(clickId) as duplicates from rewards final union all
  select 'truths' as topic, count() as records, 0 as duplicates from truths final union all
  select 'examples' as topic, count() as records, count() - uniqExact(impressionId) as duplicates from examples final union all
  select 'predictions' as topic, count() as records, count() - uniqExact((impressionId, models)) as duplicates from predictions final union all
  select 'item-vectors' as topic, count() as records, 0 as duplicates from item_vectors final union all
  select 'intents' as topic, count() as records, 0 as duplicates from intents final union all
  select 'explanations' as topic, count() as records, 0 as duplicates from explanations final union all
  select 'judgements' as topic, count() as records, 0 as duplicates from judgements final union all
  select 'snapshots' as topic, count() as records, 0 as duplicates from snapshots final union all
  select 'experiments' as topic, count() as records, 0 as duplicates from experiments final union all
  select 'evaluations' as topic, count() as records, 0 as duplicates from evaluations final union all
  select 'audit' as topic, count() as records, 0 as duplicates from audit final union all
  select 'dead-letters' as topic, count() as records, 0 as duplicates from dead_letters final union all
  select 'replays' as topic, count() as records, 0 as duplicates from replays final union all
  select 'rules' as topic, count() as records, 0 as duplicates from rules final union all
  select 'forgotten' as topic, count() as records, 0 as duplicates from forgotten final
)
order by topic
