-- How far the simulator's click probabilities can be believed, on what people really did.
-- Formula: auc and logloss as in those views; ece = sum over ten bins of n_bin / n |meanP - meanY|
-- Unit: logloss nats, others none; Range: auc and ece 0 to 1; null before the first prediction
-- Source: topic predictions (model 'simulator', source 'logged'); Naeini et al. 2015 for ece
create or replace view simulator_fidelity as
with
  answers as (
    select p, y, toUInt8(least(floor(p * 10), 9)) as bin
    from _predicted
    where model = 'simulator' and source = 'logged'
  )
select
  count() as n,
  if(sum(y) in (0, n), null, arrayAUC(groupArray(p), groupArray(y))) as auc,
  avgOrNull(if(y = 1, -log(p), -log(1 - p))) as logloss,
  -- n_bin |meanP - meanY| is |sum of p - y| in the bin: one pass is enough
  if(n = 0, null, arraySum(gap -> abs(gap), sumMap([bin], [p - y]).2) / n) as ece
from answers
