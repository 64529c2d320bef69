-- How much of the popularity baseline's bias is gone in each variant.
-- Formula: the baseline shows everybody the k most popular items, k = items of the variant's longest slate: its
--   lift = mean phi of these / GAP(chosen) - 1, ORRatio = min(3, k) / k, Gini = 1 - k / n; a score is
--   1 - value / baseline's, null where the baseline's is not above 0; score = mean of those there are
-- Unit: none; Range: 0: as biased as the baseline, 1: free of it, below 0: worse
-- Source: topics impressions (servedBy 'served'), rewards and items; the values as in popularity_by_variant and
--   exposure_by_variant; models/metrics/popularity-bias.ts
create or replace view bias_mitigation_by_variant as
select
  variant, k, popularityLift, orRatio, gini,
  baselineLift, baselineOrRatio, baselineGini,
  if(baselineLift > 0, 1 - popularityLift / baselineLift, null) as liftScore,
  if(baselineOrRatio > 0, 1 - orRatio / baselineOrRatio, null) as orRatioScore,
  if(baselineGini > 0, 1 - gini / baselineGini, null) as giniScore,
  arrayReduce('avg', [liftScore, orRatioScore, giniScore]) as score
from (
  select
    bias.variant as variant, bias.k as k, bias.lift as popularityLift,
    spread.orRatio as orRatio, spread.gini as gini,
    avgIf(tops.popularity, tops.rank <= bias.k) / nullIf(any(bias.gapChosen), 0) - 1 as baselineLift,
    least(3, bias.k) / bias.k as baselineOrRatio,
    greatest(0, 1 - bias.k / spread.catalogue) as baselineGini
  from (select * from _shown_popularity where isWhole = 1) as bias
  inner join (select * from _shown_exposure where isWhole = 1) as spread on spread.variant = bias.variant
  cross join (select popularity, rank from _popularity order by rank limit 1000) as tops
  group by bias.variant, bias.k, bias.lift, spread.orRatio, spread.gini, spread.catalogue
)
order by variant
