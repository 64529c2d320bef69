// The logs that can be replayed, by the name used on the command line.
import type { Dataset } from './dataset.ts';
import { kuairec } from './kuairec.ts';
import { movielens } from './movielens.ts';
import { taobao } from './taobao.ts';

export const datasets: Record<'movielens' | 'taobao' | 'kuairec', Dataset> = {
  movielens,
  taobao,
  kuairec,
};
