-- How many users chose each item, of all users who chose any.
-- Formula: chose: a positive outcome by people, wherever it was shown; rank from 1, of as many users the
--   smaller id first; popularity = users / everybody
-- Unit: one row an item; Range: popularity above 0, to 1
-- Source: topic rewards (source 'logged')
create or replace view _popularity as
select
  itemId, users, everybody,
  users / everybody as popularity,
  row_number() over (order by users desc, itemId) as rank
from (
  select itemId, uniqExact(userId) as users from rewards final where source = 'logged' and positive group by itemId
) as chosen
cross join (
  select uniqExact(userId) as everybody from rewards final where source = 'logged' and positive
) as total
