-- How widely and how evenly each variant has shown the catalogue.
-- Formula: of the showings c_i of n items, those of the catalogue and whatever was shown: DivRatio =
--   distinct items / sum c; ORRatio = the three greatest c_i / sum c; CV = standard deviation of c / mean of c
--   (items never shown count as 0); coverage = distinct items / n, which EasyRL4Rec and papers after it call
--   CV; Gini = sum (2 i - n - 1) c_(i) / (n sum c), c ascending
-- Unit: none; Range: divRatio, orRatio, coverage 0 to 1; cv 0 to sqrt(n - 1); gini 0 (all alike) to 1 - 1 / n
-- Source: topics impressions (servedBy 'served') and items; SPRec (WWW 2025), where users * K is what was
--   shown; Ge, Delgado-Battenfeld & Jannach 2010; models/metrics/exposure.ts
create or replace view exposure_by_variant as
select variant, shown, distinctItems, catalogue, divRatio, orRatio, cv, coverage, gini
from _shown_exposure
where isWhole = 1
order by variant
