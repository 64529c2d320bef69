-- How far the simulator's click probabilities can be believed, on what people really did.
-- Formula: auc and logloss as in those views; ece = sum over ten bins of n_bin / n |meanP - meanY|
-- Unit: logloss nats, others none; Range: auc and ece 0 to 1; null before the first prediction
-- Source: topic predictions (model 'simulator', source 'logged'); Naeini et al. 2015 for ece
create or replace view simulator_fidelity as
with
  answers as (
    select p, y from _predicted where model = 'simulator' and source = 'logged'
  ),
  bins as (
    select n, meanP, meanY from calibration where model = 'simulator'
  )
select
  count() as n,
  if(sum(y) in (0, n), null, arrayAUC(groupArray(p), groupArray(y))) as auc,
  avgOrNull(if(y = 1, -log(p), -log(1 - p))) as logloss,
  (select sumOrNull(bins.n * abs(meanP - meanY)) / nullIf(sum(bins.n), 0) from bins) as ece
from answers
