// `simulate` by a seeded world: its people answer, no language model is asked, and the truth is known.
//
// An event may come twice, or after a restart: the answer may depend on nothing but the slate. So the
// world is one without memory, its answers drawn by a seed of the slate.
import { hash32 } from '../../models/random.ts';
import { Crowd } from '../../models/world/crowd.ts';
import type { World } from '../../models/world/world.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { truths } from '../../schemas/topics/truths.ts';
import { type Enricher, type EnricherDef, type EnricherIo, onAsync } from '../engine/enricher.ts';
import { dwellMs } from './simulate.ts';

/** @param world a world without `feedback` and `saturation` */
export function simulateByWorld(world: World): EnricherDef {
  return {
    name: 'simulate',
    doc: 'Answers slates served here as the people of a seeded world, and says what was true.',
    inputs: [impressions],
    prompt: true,
    outputs: [clicks, truths],
    tables: [],
    create: (io) => new SimulateByWorld(world, io),
  };
}

class SimulateByWorld implements Enricher {
  readonly counts = { slates: 0, positives: 0 };
  readonly handlers = [onAsync(impressions, (impression) => this.onImpression(impression))];
  private readonly crowd: Crowd;
  private readonly ids: readonly string[];
  private readonly io: EnricherIo;

  constructor(world: World, io: EnricherIo) {
    this.crowd = new Crowd(world);
    this.ids = world.items.map(({ itemId }) => itemId);
    this.io = io;
  }

  private async onImpression(impression: Impression): Promise<void> {
    if (impression.servedBy !== 'served') return;
    const { impressionId, userId, at, variant } = impression;
    const slate = impression.items.map(({ itemId }) => itemId);
    const best = this.crowd.bestSlate(userId, this.ids, slate.length, at);
    const truth = {
      impressionId,
      userId,
      at,
      variant,
      expected: this.crowd.expectedReward(userId, slate, at),
      best: this.crowd.expectedReward(userId, best, at),
    };
    await this.io.emit(truths, [truth]);
    await this.io.emit(clicks, this.answer(impression, slate));
  }

  /**
   * Answers a slate with clicks alone; an item that was not looked at gets no answer. The clicks
   * are marked as people's.
   */
  private answer({ impressionId, userId, at, items }: Impression, slate: string[]): Click[] {
    const clicked = this.crowd.answer(userId, slate, at, hash32(impressionId));
    this.counts.slates++;
    return items.flatMap(({ itemId, position }, i) => {
      if (!clicked[i]) return [];
      this.counts.positives++;
      return {
        clickId: `world-${impressionId}-${position}`,
        impressionId,
        userId,
        itemId,
        at: at + (position + 1) * dwellMs,
        kind: 'click' as const,
        positive: true,
        value: 1,
        source: 'logged' as const,
        confidence: 1,
        similarity: null,
      };
    });
  }
}
