-- Group by group, the share of what a variant showed less its share of what the same users chose.
-- Formula: of slates of k items or more, the first k; histories are of the users who were shown them;
--   counting 'whole': an item counts 1 in each of its n groups, 'shared': 1 / n; an item without groups
--   counts nowhere; each group's share of the sum over groups
-- Unit: one row a variant, span, k, counting and group; Range: shares 0 to 1, null where there is nothing
-- Source: _shown, _histories, topic items
create or replace view _shown_groups as
with
  groups_of as (
    select itemId, argMax(groups, _offset) as ofItem from items final group by itemId having notEmpty(ofItem)
  ),
  firsts as (
    select variant, isWhole, bucket, toUInt8(arrayJoin([1, 5, 10, 20])) as K, userId, itemId
    from _shown
    where k >= K and position <= K
  ),
  shown as (
    select variant, isWhole, bucket, K, group, sum(whole) as whole, sum(shared) as shared
    from (
      select variant, isWhole, bucket, K, arrayJoin(ofItem) as group, 1. as whole, 1 / length(ofItem) as shared
      from firsts inner join groups_of using (itemId)
    )
    group by variant, isWhole, bucket, K, group
  ),
  by_user as (
    select userId, group, sum(whole) as whole, sum(shared) as shared
    from (
      select userId, arrayJoin(ofItem) as group, 1. as whole, 1 / length(ofItem) as shared
      from _histories inner join groups_of using (itemId)
    )
    group by userId, group
  ),
  chosen as (
    select variant, isWhole, bucket, K, group, sum(whole) as whole, sum(shared) as shared
    from (select distinct variant, isWhole, bucket, K, userId from firsts) as people
    inner join by_user using (userId)
    group by variant, isWhole, bucket, K, group
  ),
  both as (
    select variant, isWhole, bucket, K, group,
      sum(whole * isShown) as shownWhole, sum(shared * isShown) as shownShared,
      sum(whole * (1 - isShown)) as chosenWhole, sum(shared * (1 - isShown)) as chosenShared
    from (
      select variant, isWhole, bucket, K, group, whole, shared, 1 as isShown from shown
      union all
      select variant, isWhole, bucket, K, group, whole, shared, 0 as isShown from chosen
    )
    group by variant, isWhole, bucket, K, group
  )
select
  variant, isWhole, bucket, K as k, way.1 as counting, group,
  way.2 / nullIf(sum(way.2) over spans, 0) as shownShare,
  way.3 / nullIf(sum(way.3) over spans, 0) as chosenShare,
  shownShare - chosenShare as gu
from (
  select *, arrayJoin([('whole', shownWhole, chosenWhole), ('shared', shownShared, chosenShared)]) as way
  from both
)
window spans as (partition by variant, isWhole, bucket, K, way.1)
