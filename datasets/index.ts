// The logs that can be replayed, by the name used on the command line.
import { amazonReviews } from './amazon.ts';
import { amazonBeauty } from './amazon-log.ts';
import { coat } from './coat-log.ts';
import type { Dataset } from './dataset.ts';
import { kuairand } from './kuairand.ts';
import { kuairec } from './kuairec.ts';
import { mind } from './mind.ts';
import { movielens } from './movielens.ts';
import { openBandit } from './open-bandit-log.ts';
import { recbole } from './recbole.ts';
import { taobao } from './taobao.ts';
import { taobaoAds } from './taobao-ads.ts';

export const datasets = {
  movielens,
  taobao,
  'taobao-ads': taobaoAds,
  kuairec,
  kuairand,
  mind,
  'open-bandit': openBandit,
  coat,
  recbole,
  'amazon-reviews': amazonReviews,
  'amazon-beauty': amazonBeauty,
} satisfies Record<string, Dataset>;
