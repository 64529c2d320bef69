-- How far each variant leans to what everybody knows: novelty and popularity lift.
-- Formula: phi(i) = users with a positive outcome on i / users with any, of people; novelty = mean -log2 phi
--   over what was shown, an item that nobody chose counting as if one user had; GAP = mean over users of the
--   mean phi of their items; popularityLift = GAP(shown) / GAP(chosen outside of slates served here) - 1, of
--   users with both
-- Unit: novelty bits, GAP and lift shares; Range: novelty 0 to log2 users; lift -1 up, 0: as popular as what
--   people choose; null without such users
-- Source: topics impressions (servedBy 'served') and rewards; Zhou et al. 2010, Abdollahpouri et al. 2019;
--   models/metrics/popularity-bias.ts
create or replace view popularity_by_variant as
select variant, shown, novelty, gapShown, gapChosen, lift as popularityLift
from _shown_popularity
where isWhole = 1
order by variant
