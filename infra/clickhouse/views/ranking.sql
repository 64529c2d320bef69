-- Where each model ranked the liked items of the log among all items seen so far.
-- Formula: hr10 = mean [rank <= 10]; ndcg10 = mean 1 / log2(1 + rank) where rank <= 10, else 0;
--   mrr = mean 1 / rank; one relevant item a row; of items with equal scores as in _ranked
-- Unit: none; Range: 0 to 1
-- Source: topic predictions (source 'logged'); Jarvelin & Kekalainen 2002, Voorhees 1999
create or replace view ranking as
select
  model,
  count() as n,
  avg(_ranked.hr10) as hr10,
  avg(_ranked.ndcg10) as ndcg10,
  avg(reciprocal) as mrr
from _ranked
where source = 'logged'
group by model
order by model
