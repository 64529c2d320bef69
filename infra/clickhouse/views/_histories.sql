-- What each user chose by themselves: positive outcomes by people outside of slates served here.
-- Unit: one row a user and item
-- Source: topic rewards (variant '', source 'logged')
create or replace view _histories as
select distinct userId, itemId
from rewards final
where variant = '' and source = 'logged' and positive
