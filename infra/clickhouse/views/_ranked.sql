-- One row for each model and liked item: its rank among everything the user could have been shown.
-- Formula: rank = 1 + better + ties / 2, computed when the prediction was made; with ties the item has each
--   of the ranks 1 + better to 1 + better + ties as probably, and hr10, ndcg10 and reciprocal are means
--   over them: of [rank <= 10], of 1 / log2(1 + rank) where rank <= 10, else 0, and of 1 / rank
-- Unit: rank; Range: 1 to candidates; hr10, ndcg10, reciprocal 0 to 1. Ties of before the field count as 0
-- Source: topic predictions; Jarvelin & Kekalainen 2002, McSherry & Najork 2008, Voorhees 1999
create or replace view _ranked as
select
  impressionId, at, source, model, itemId, candidates, rank, tied,
  least(greatest(11 - first, 0), tied + 1) / (tied + 1) as many,
  if(tied = 0, rank <= 10, many) as hr10,
  if(
    tied = 0,
    if(rank <= 10, 1 / log2(1 + rank), 0),
    arraySum(r -> if(r between first and last, 1 / log2(1 + r), 0), range(1, 11)) / (tied + 1)
  ) as ndcg10,
  if(
    tied = 0,
    1 / rank,
    (
      arraySum(r -> 1 / r, arrayFilter(r -> r <= last, range(first, first + 33)))
      -- What is left of the harmonic series, by its expansion; the error is below 1e-10.
      + if(
        last > first + 32,
        log(last / (first + 32)) + 1 / 2 / last - 1 / 2 / (first + 32)
          - 1 / 12 / pow(last, 2) + 1 / 12 / pow(first + 32, 2),
        0
      )
    ) / (tied + 1)
  ) as reciprocal
from (
  select
    impressionId, at, source, model, itemId, candidates,
    ranks[column] as rank,
    ties[column] as tied,
    toUInt32(round(rank - tied / 2)) as first,
    first + tied as last
  from (
    select impressionId, at, source, models, itemOf as itemId, candidatesOf as candidates, ranksOf as ranks,
      tiesOf as ties
    from predictions final
    array join
      `ranks.itemId` as itemOf,
      `ranks.candidates` as candidatesOf,
      `ranks.rank` as ranksOf,
      arrayResize(ties, length(`ranks.itemId`)) as tiesOf
  )
  array join models as model, arrayEnumerate(models) as column
  where column <= length(ranks)
)
