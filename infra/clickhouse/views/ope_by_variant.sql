-- What each variant would have earned on all served slates, by every estimator that a sum can make.
-- Formula: over all positions shown: ipw = mean w r; snipw = sum w r / sum w; dm = mean expected;
--   dr = dm + mean w (r - q); sndr = dm + sum w (r - q) / sum w; ess = (sum w)^2 / sum w^2;
--   overlap = mean min(1, w); w, r, q and expected as in _served_rounds; these judge a position given
--   what was shown above it; rips judges whole slates: mean of r times the product of w down to there
-- Unit: clicks per item shown; ess in positions; Range: snipw and dm 0 to 1; the others may leave it;
--   meanWeight should be near 1, far from it the propensities or the support are wrong
-- Source: topics impressions (servedBy 'served') and rewards; Dudik, Langford & Li 2011; Swaminathan &
--   Joachims 2015; McInerney et al. 2020
create or replace view ope_by_variant as
with
  slates as (
    select
      variant,
      arraySort(groupArray((position, w, r))) as shown,
      arrayMap(
        (_, last) -> arrayProduct(arrayMap(one -> one.2, arraySlice(shown, 1, last))) * shown[last].3,
        shown,
        arrayEnumerate(shown)
      ) as earned
    from _served_rounds
    group by variant, impressionId
  ),
  whole as (
    select variant, sum(arraySum(earned)) / sum(length(shown)) as rips from slates group by variant
  ),
  single as (
    select
      variant,
      count() as rounds,
      avg(w * r) as ipw,
      sum(w * r) / nullIf(sum(w), 0) as snipw,
      avg(expected) as dm,
      dm + avg(w * (r - q)) as dr,
      dm + sum(w * (r - q)) / nullIf(sum(w), 0) as sndr,
      sum(w) * sum(w) / nullIf(sum(w * w), 0) as ess,
      avg(w) as meanWeight,
      max(w) as maxWeight,
      avg(least(1, w)) as overlap
    from _served_rounds
    group by variant
  )
select * from single inner join whole using (variant)
order by variant
