-- How far the simulator's click probabilities can be believed, on what people really did.
-- Formula: auc and logloss as in those views; ece = sum over ten bins of n_bin / n |meanP - meanY|, bins of
--   equal mass, equal p in one bin: p falls into bin floor(10 smaller / n), smaller = number of smaller p
-- Unit: logloss nats, others none; Range: auc and ece 0 to 1; null before the first prediction
-- Source: topic predictions (model 'simulator', source 'logged'); Naeini et al. 2015 and Nguyen & O'Connor
--   2015 for ece, as in models/metrics/calibration-error.ts
create or replace view simulator_fidelity as
with
  answers as (
    select p, score, sure, y from _predicted where model = 'simulator' and source = 'logged'
  ),
  bins as (
    select intDiv(10 * smaller, total) as bin, abs(sum(own)) as gap
    from (
      select
        sum(p - y) as own,
        sum(count()) over (order by p rows between unbounded preceding and current row) - count()
          as smaller,
        sum(count()) over () as total
      from answers
      group by p
    )
    group by bin
  )
select
  count() as n,
  if(sum(y) in (0, n), null, arrayAUC(groupArray(score), groupArray(y))) as auc,
  avgOrNull(if(y = 1, -log(sure), -log(1 - sure))) as logloss,
  if(n = 0, null, (select sum(gap) from bins) / n) as ece
from answers
