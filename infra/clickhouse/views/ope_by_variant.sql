-- What each variant would have earned on all served slates, by every estimator that a sum can make.
-- Formula: over all positions shown: ipw = mean w r; snipw = sum w r / sum w; dm = mean expected;
--   dr = dm + mean w (r - q); sndr = dm + sum w (r - q) / sum w; ess = (sum w)^2 / sum w^2;
--   overlap = mean min(1, w); w, r, q and expected as in _served_rounds; these judge a position given
--   what was shown above it; rips judges whole slates: mean of r times the product of w down to there;
--   source: outcomes of people ('logged') and of the simulator ('simulated'), never mixed
-- Unit: clicks per item shown; ess in positions; Range: snipw and dm 0 to 1; the others may leave it;
--   meanWeight should be near 1, far from it the propensities or the support are wrong
-- Source: topics impressions (servedBy 'served') and rewards; Dudik, Langford & Li 2011; Swaminathan &
--   Joachims 2015; McInerney et al. 2020
create or replace view ope_by_variant as
select
  variant,
  source,
  count() as rounds,
  avg(w * r) as ipw,
  sum(w * r) / nullIf(sum(w), 0) as snipw,
  avg(expected) as dm,
  dm + avg(w * (r - q)) as dr,
  dm + sum(w * (r - q)) / nullIf(sum(w), 0) as sndr,
  sum(w) * sum(w) / nullIf(sum(w * w), 0) as ess,
  avg(w) as meanWeight,
  max(w) as maxWeight,
  avg(least(1, w)) as overlap,
  avg(above * r) as rips
from _served_rounds
group by variant, source
order by variant, source
