// What the seed draws of the network: how long a frame takes, and which of them meet with an accident.
import type { Random } from '../../models/random.ts';
import type { ApiName } from './broker/api.ts';

/**
 * What becomes of a request. `lost`: the connection is cut before it arrives; `late`: cut, but what is in
 * flight arrives at the broker later; `answer-lost`: cut when the broker has done it; `black-hole`: it does
 * not arrive, and the connection stays open but carries nothing any more.
 */
export type Fate = 'arrives' | 'lost' | 'late' | 'answer-lost' | 'black-hole';

const accidents: readonly Fate[] = [
  'lost',
  'late',
  'late',
  'answer-lost',
  'answer-lost',
  'black-hole',
];

/** How much likelier than others the requests of a transaction meet with an accident. */
const weights: Partial<Record<ApiName, number>> = {
  endTxn: 12,
  produce: 4,
  initProducerId: 4,
  addPartitionsToTxn: 4,
  addOffsetsToTxn: 4,
  txnOffsetCommit: 4,
  fetch: 0.3,
};

export class Chaos {
  private readonly random: Random;
  /** Probability of an accident, of a request of weight 1. */
  private rate: number;
  /** Probability that the end of a transaction is late: its frame outlives its connection. */
  private lateEnds: number;
  /** Probability that a frame is slow. */
  private readonly slow: number;

  constructor(random: Random) {
    this.random = random;
    this.rate = [0, 0.001, 0.004, 0.012][random.below(4)]!;
    this.lateEnds = [0, 0, 0.04, 0.15][random.below(4)]!;
    this.slow = [0.005, 0.03, 0.15][random.below(3)]!;
  }

  /** No accident happens from here on. */
  calm(): void {
    this.rate = 0;
    this.lateEnds = 0;
  }

  /** Time that a frame takes one way, ms. */
  delay(): number {
    const { random } = this;
    const usual = 0.3 + 2 * random.next();
    return random.next() < this.slow ? usual + this.lateness() / 8 : usual;
  }

  /** Time by which a frame is late that outlived its connection, ms: evenly in its logarithm. */
  lateness(): number {
    return 4 * 1000 ** this.random.next();
  }

  /** Time after which a client notices that its connection is cut, ms. */
  notice(): number {
    return this.random.next() < 0.8 ? 0.5 + 3 * this.random.next() : 400 * this.random.next();
  }

  fateOf(api: ApiName): Fate {
    if (api === 'endTxn' && this.chance(this.lateEnds)) return 'late';
    if (this.rate === 0 || this.random.next() >= this.rate * (weights[api] ?? 1)) return 'arrives';
    return accidents[this.random.below(accidents.length)]!;
  }

  /** Whether something happens that does so in this share of cases. */
  chance(share: number): boolean {
    return this.random.next() < share;
  }
}
