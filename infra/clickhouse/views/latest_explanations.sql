-- The last fifty reasons for recommended items, with titles and the marks they were given.
-- Formula: none; titles fall back to the item's id; the latest reason of an item of a slate
-- Unit: score nats (PMI of the item given the reason), null for a sentence by code; marks 1 to 5, null without any
-- Source: topics explanations, items, judgements
create or replace view latest_explanations as
with
  item -> if(mapContains(titleOf, item), titleOf[item], item) as called,
  latest as (
    select * from explanations final
    order by at desc, _offset desc
    limit 1 by impressionId, itemId
    limit 50
  ),
  titles as (
    select mapFromArrays(groupArray(itemId), groupArray(title)) as titleOf
    from _titles
    where itemId in (select arrayJoin(arrayPushBack(citedItems, itemId)) from latest)
  ),
  marks as (
    select
      hash,
      countDistinctIf(judgementId, judge = 'person') as byPeople,
      avgOrNullIf(score, judge = 'person') as people,
      avgOrNullIf(score, judge = 'model') as model
    from judgements final
    where hash in (select hash from latest)
    group by hash
  )
select
  latest.at as at,
  latest.hash as hash,
  latest.impressionId as impressionId,
  latest.userId as userId,
  latest.itemId as itemId,
  called(latest.itemId) as title,
  latest.text as text,
  arrayMap(item -> called(item), latest.citedItems) as citedTitles,
  latest.citedGroups as citedGroups,
  latest.citedAttributes as citedAttributes,
  latest.score as score,
  latest.removed as removed,
  latest.model as model,
  latest.latencyMs as latencyMs,
  latest.tokens as tokens,
  marks.byPeople as judgementsByPeople,
  marks.people as meanByPeople,
  marks.model as meanByModel
from latest
left join marks on marks.hash = latest.hash
cross join titles
order by at desc, impressionId, itemId
