-- Every step of every candidate on its way into service, latest first.
-- Formula: none; the evidence is what the step was taken on, off-policy in gate and shadow
-- Unit: difference in positive outcomes a slate, candidate less incumbent; users of the candidate's arm
-- Source: topic experiments; the interval is always valid (Waudby-Smith et al. 2021)
create or replace view experiment_log as
select
  at,
  experimentId,
  phase,
  status,
  JSONExtractString(evidence, 'reason') as reason,
  JSONExtract(evidence, 'users', 'Nullable(UInt64)') as users,
  JSONExtract(evidence, 'difference', 'estimate', 'Nullable(Float64)') as difference,
  JSONExtract(evidence, 'difference', 'low', 'Nullable(Float64)') as low,
  JSONExtract(evidence, 'difference', 'high', 'Nullable(Float64)') as high,
  `arms.variant` as variants,
  `arms.share` as shares,
  shares[1] / arraySum(shares) as candidateShare,
  _offset
from experiments final
order by at desc, experimentId, _offset desc
