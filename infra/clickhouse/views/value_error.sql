-- How far the value that the policy expected was from what came, before it learned from it.
-- Formula: RMSE = sqrt(mean((value - reward)^2)), MAE = mean |value - reward|; std: standard deviation of the rewards
-- Unit: the log's own (stars, watch ratio); Range: 0 up; an RMSE at the std knows no more than the mean
-- Source: topic predictions
create or replace view value_error as
select
  source,
  count() as n,
  sqrt(avg((value - reward) * (value - reward))) as rmse,
  avg(abs(value - reward)) as mae,
  stddevPopStable(reward) as std
from (
  select ifNull(sourceOf, record.source) as source, rewardOf as reward, assumeNotNull(valueOf) as value
  from predictions as record final
  array join `items.reward` as rewardOf, `items.value` as valueOf, arrayResize(`items.source`, length(`items.itemId`)) as sourceOf
  where isNotNull(valueOf)
)
group by source
order by source
