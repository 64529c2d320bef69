// Every protocol of `millrace evaluate`.
import { batch } from './batch.ts';
import { conversational } from './conversational/protocol.ts';
import { courses } from './courses.ts';
import { crossDomain } from './cross-domain.ts';
import { ctr } from './ctr.ts';
import { debias } from './debias.ts';
import { explanations } from './explanations/protocol.ts';
import { intents } from './intents.ts';
import { interactive } from './interactive.ts';
import { jobs } from './jobs.ts';
import { longHorizon } from './long-horizon.ts';
import { medication } from './medication/protocol.ts';
import { ope } from './ope.ts';
import { paradigms } from './paradigms.ts';
import { poi } from './poi.ts';
import type { Protocol } from './protocol.ts';
import { rating } from './rating.ts';
import { sequential } from './sequential.ts';
import { simulator } from './simulator.ts';

export const protocols: readonly Protocol[] = [
  ctr,
  sequential,
  batch,
  courses,
  poi,
  rating,
  medication,
  jobs,
  crossDomain,
  debias,
  simulator,
  interactive,
  longHorizon,
  ope,
  explanations,
  intents,
  conversational,
  paradigms,
];
