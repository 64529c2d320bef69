-- How long decisions took.
-- Formula: exact quantiles 0.5 and 0.99 of latencyMs: the value at index floor(level * n) when sorted
-- Unit: ms; Range: 0 and up
-- Source: topic impressions (servedBy 'served')
create or replace view latency_by_variant as
select
  variant,
  count() as n,
  quantileExact(0.5)(latencyMs) as p50Ms,
  quantileExact(0.99)(latencyMs) as p99Ms
from impressions final
where servedBy = 'served'
group by variant
order by variant
