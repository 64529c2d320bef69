-- How far each variant leans to what everybody knows, by month of the event.
-- Formula: as popularity_by_variant, of what was shown in the month; phi is of all time
-- Unit: novelty bits, GAP and lift shares; Range: as in popularity_by_variant
-- Source: topics impressions (servedBy 'served') and rewards
create or replace view popularity_over_time as
select variant, bucket, shown, novelty, gapShown, gapChosen, lift as popularityLift
from _shown_popularity
where isWhole = 0
order by variant, bucket
