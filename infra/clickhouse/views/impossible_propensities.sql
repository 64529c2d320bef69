-- Served slates whose propensities nothing was drawn with, and positions whose weight is truncated.
-- Formula: impossible = slates with a propensity that is not above 0 and at most 1, or a target propensity
--   outside 0 to 1: no estimate counts them, and today's border lets none in; truncated = positions of the
--   others with a target propensity more than 10 000 times the logged one
-- Unit: slates, positions; Range: 0 and up, both are 0 when all is well
-- Source: topic impressions (servedBy 'served')
create or replace view impossible_propensities as
select
  policy,
  count() as slates,
  countIf(not possible) as impossible,
  sumIf(
    length(arrayFilter((pis, p) -> arrayExists(pi -> pi > 10000 * p, pis), targetPropensities, propensities)),
    possible
  ) as truncated
from (
  select
    policy, propensities, targetPropensities,
    arrayAll(p -> p > 0 and p <= 1, propensities)
      and arrayAll(pis -> arrayAll(pi -> pi >= 0 and pi <= 1, pis), targetPropensities) as possible
  from _served
)
group by policy
order by policy
