// The effects of slates on people: clicks make items popular, and seeing a topic makes a user tired
// of it.
import { power } from '../power.ts';
import { Random } from '../random.ts';
import type { World } from './world.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { exp, log1p, max } = Math;

/** A count that halves over a time. */
interface Fading {
  value: number;
  at: number;
}

/** The memory of a world; one that starts empty and sees the same slates is the same. */
export class Crowd {
  readonly world: World;
  readonly #clicks = new Map<string, Fading>();
  readonly #tired = new Map<string, Fading>();

  constructor(world: World) {
    this.world = world;
  }

  /** Logit of a click on an item that is looked at. */
  appeal(userId: string, itemId: string, at: number): number {
    const { feedback, saturation, clickHalfLifeMs, tiredMs } = this.world.options;
    const item = this.world.item(itemId);
    let tired = 0;
    for (const topic of item?.topics ?? []) {
      tired += faded(this.#tired.get(`${userId}/${topic}`), at, tiredMs);
    }
    const share = max(1, item?.topics.length ?? 0);
    return (
      this.world.interest(userId, itemId, at) +
      feedback * log1p(faded(this.#clicks.get(itemId), at, clickHalfLifeMs)) -
      (saturation * tired) / share
    );
  }

  /**
   * P(click) of each position of a slate: (1 + j)^−bias · σ(appeal), the position-based model
   * (Richardson et al. 2007). Clicks of one slate are independent, so rewards add up.
   */
  clickProbabilities(userId: string, slate: readonly string[], at: number): Float64Array {
    const { positionBias } = this.world.options;
    return Float64Array.from(slate, (itemId, position) => {
      const attraction = 1 / (1 + exp(-this.appeal(userId, itemId, at)));
      return power(1 + position, -positionBias) * attraction;
    });
  }

  /** Clicks expected on a slate: its true reward. */
  expectedReward(userId: string, slate: readonly string[], at: number): number {
    return this.clickProbabilities(userId, slate, at).reduce((sum, p) => sum + p, 0);
  }

  /** The slate of most expected clicks: looks fade with the position, so the most appealing go first. */
  bestSlate(userId: string, candidates: readonly string[], k: number, at: number): string[] {
    const appeals = new Map(candidates.map((id) => [id, this.appeal(userId, id, at)]));
    return [...candidates].sort((a, b) => appeals.get(b)! - appeals.get(a)!).slice(0, k);
  }

  /** Whether each position is clicked, drawn by the seed; it changes nothing in the world. */
  answer(userId: string, slate: readonly string[], at: number, seed: number): boolean[] {
    const random = new Random(seed);
    return [...this.clickProbabilities(userId, slate, at)].map((p) => random.next() < p);
  }

  /** Takes a slate that was shown, with the positions that were clicked. */
  remember(userId: string, slate: readonly string[], clicked: readonly boolean[], at: number) {
    const { clickHalfLifeMs, tiredMs } = this.world.options;
    for (const [position, itemId] of slate.entries()) {
      for (const topic of this.world.item(itemId)?.topics ?? []) {
        add(this.#tired, `${userId}/${topic}`, at, tiredMs);
      }
      if (clicked[position]) add(this.#clicks, itemId, at, clickHalfLifeMs);
    }
  }
}

function faded(count: Fading | undefined, at: number, halfLife: number): number {
  return count === undefined ? 0 : count.value * power(2, -max(0, at - count.at) / halfLife);
}

function add(counts: Map<string, Fading>, key: string, at: number, halfLife: number): void {
  counts.set(key, { value: 1 + faded(counts.get(key), at, halfLife), at });
}
