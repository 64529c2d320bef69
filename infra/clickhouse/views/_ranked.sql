-- One row for each model and liked item: its rank among everything the user could have been shown.
-- Formula: mid-rank 1 + better + tied / 2, computed when the prediction was made
-- Unit: rank; Range: 1 to candidates
-- Source: topic predictions
create or replace view _ranked as
select impressionId, at, source, model, itemId, candidates, ranks[column] as rank
from (
  select impressionId, at, source, models, itemOf as itemId, candidatesOf as candidates, ranks
  from predictions final
  array join `ranks.itemId` as itemOf, `ranks.candidates` as candidatesOf, `ranks.rank` as ranks
)
array join models as model, arrayEnumerate(models) as column
where column <= length(ranks)
