-- Titles of items, the latest of each; an item without one is left out.
create or replace view _titles as
select itemId, argMax(title, _offset) as title
from items final
group by itemId
having title != ''
