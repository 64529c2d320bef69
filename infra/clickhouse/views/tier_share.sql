-- Which tier of the policy served.
-- Formula: share = impressions of the tier / impressions
-- Unit: share; Range: 0 to 1, the shares sum to 1
-- Source: topic impressions (servedBy 'served')
create or replace view tier_share as
select
  tier,
  count() as impressions,
  count() / sum(count()) over () as share
from impressions final
where servedBy = 'served'
group by tier
order by tier
