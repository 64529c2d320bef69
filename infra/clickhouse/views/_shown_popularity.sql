-- How far each variant leans to what everybody knows; by variant and over time.
-- Formula: as novelty and popularityLift in models/metrics/popularity-bias.ts; gapShown and gapChosen are GAP of
--   the users who have both, gapPopular the mean popularity of the k most popular items, k = items of the
--   longest slate
-- Unit: one row a variant and span
-- Source: _shown, _popularity, _histories
create or replace view _shown_popularity as
with
  by_user as (
    select
      variant, isWhole, bucket, userId,
      count() as shown,
      max(k) as longest,
      sum(_popularity.popularity) as total,
      sum(-log2(greatest(users, 1) / nullIf(total_users.n, 0))) as bits
    from _shown
    left join _popularity on _popularity.itemId = _shown.itemId
    cross join (
      select uniqExact(userId) as n from rewards final where source = 'logged' and positive
    ) as total_users
    group by variant, isWhole, bucket, userId
  ),
  profiles as (
    select userId, avg(_popularity.popularity) as profile
    from _histories inner join _popularity on _popularity.itemId = _histories.itemId
    group by userId
  )
select
  variant, isWhole, bucket,
  sum(by_user.shown) as shown,
  max(longest) as k,
  sum(bits) / sum(by_user.shown) as novelty,
  avgIf(total / by_user.shown, profile > 0) as gapShown,
  avgIf(profile, profile > 0) as gapChosen,
  gapShown / nullIf(gapChosen, 0) - 1 as lift
from by_user left join profiles on profiles.userId = by_user.userId
group by variant, isWhole, bucket
