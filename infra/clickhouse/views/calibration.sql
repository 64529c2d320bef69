-- Whether a probability means what it says: predicted against observed, in ten equal bins.
-- Formula: bin = floor(10 p), 9 for p = 1; meanP = mean p, meanY = share of clicks in the bin
-- Unit: probability; Range: 0 to 1; bin 0 to 9
-- Source: topic predictions (source 'logged'); reliability diagram, DeGroot & Fienberg 1983
create or replace view calibration as
select
  model,
  toUInt8(least(floor(p * 10), 9)) as bin,
  count() as n,
  avg(p) as meanP,
  avg(y) as meanY
from _predicted
where source = 'logged'
group by model, bin
order by model, bin
