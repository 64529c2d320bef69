// The logs that can be replayed, by the name used on the command line.
import { amazonReviews } from './amazon.ts';
import { amazonIndustrial } from './amazon-industrial.ts';
import { amazonBeauty } from './amazon-log.ts';
import { bossZhipin } from './boss-zhipin.ts';
import { eicu, eicuDemo } from './clinic/eicu.ts';
import { mimicDemo, mimicIII, mimicIV } from './clinic/mimic.ts';
import { cnpc } from './cnpc.ts';
import { coat } from './coat-log.ts';
import { coco } from './coco.ts';
import type { Dataset } from './dataset.ts';
import { foursquare, foursquareNyc } from './foursquare.ts';
import { kuairand } from './kuairand.ts';
import { kuairec } from './kuairec.ts';
import { mind } from './mind.ts';
import { movielens } from './movielens.ts';
import { openBandit } from './open-bandit-log.ts';
import { opendialkg } from './opendialkg.ts';
import { recbole } from './recbole.ts';
import { redial } from './redial.ts';
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
  'mimic-iii': mimicIII,
  'mimic-iv': mimicIV,
  'mimic-demo': mimicDemo,
  eicu,
  'eicu-demo': eicuDemo,
  'boss-zhipin': bossZhipin,
  coat,
  recbole,
  'amazon-industrial': amazonIndustrial,
  foursquare,
  'foursquare-nyc': foursquareNyc,
  coco,
  cnpc,
  'amazon-reviews': amazonReviews,
  redial,
  opendialkg,
  'amazon-beauty': amazonBeauty,
} satisfies Record<string, Dataset>;
