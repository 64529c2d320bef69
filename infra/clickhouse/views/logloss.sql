-- How surprised each model was by what happened, before it learned from it.
-- Formula: mean of -ln p for a click, -ln(1 - p) for none; p clipped to [1e-6, 1 - 1e-6]
-- Unit: nats; Range: 0 (sure and right) to 13.8; 0.693 is p = 1/2 throughout
-- Source: topic predictions; Good 1952
create or replace view logloss as
select
  model,
  source,
  count() as n,
  avg(if(y = 1, -log(sure), -log(1 - sure))) as logloss
from _predicted
group by model, source
order by model, source
