-- What the users read last seem to want, by the language model.
-- Formula: none; the latest intent of each of the fifty users read last
-- Unit: confidence and uncertainty none, latencyMs milliseconds of the model's time; Range: both 0 to 1;
--   removed: claims that catalogue or history did not bear out
-- Source: topic intents
create or replace view latest_intents as
select
  at, userId, wanted, avoid, mood, constraints, confidence, uncertainty, removed, model, latencyMs,
  tokens
from intents final
order by at desc, _offset desc
limit 1 by userId
limit 50
