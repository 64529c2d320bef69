// `simulate`: the language model answers for the user. What it makes of an item and of the items the
// user liked becomes a probability by a head calibrated on logged feedback; the answer is drawn from
// it by a seed, so answering twice gives the same clicks, and their ids let the second be dropped.
import { hash32, Random } from '../../models/random.ts';
import { Simulator } from '../../models/reward/simulator.ts';
import { newUser } from '../../models/user/track.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import type { Enricher, EnricherDef, EnricherPorts } from '../engine/enricher.ts';
import { Loaded } from '../engine/snapshot-cache.ts';
import { likedItems } from '../serve/decide.ts';

export const simulateEnricher: EnricherDef = {
  name: 'simulate',
  doc: 'Answers slates served here with the click probability of the language model, calibrated.',
  inputs: [impressions],
  prompt: true,
  outputs: [clicks],
  tables: ['catalogue', 'vectors', 'policies', 'users'],
  create: (ports) => new Simulate(ports),
};

/** The user looks at one item after the other, ms. */
export const dwellMs = 2_000;

class Simulate implements Enricher {
  /** Slates answered, answers (items), and those of them in which the language model had a say. */
  readonly counts = { slates: 0, answers: 0, simulated: 0, positives: 0 };
  private readonly ports: EnricherPorts;
  private readonly simulator = new Loaded('simulator', Simulator.load(), Simulator.load);

  constructor(ports: EnricherPorts) {
    this.ports = ports;
  }

  async onEvent(_topic: string, event: unknown): Promise<void> {
    const impression = event as Impression;
    if (impression.origin !== 'served') return;
    await this.ports.emit(clicks, this.answer(impression));
  }

  private answer(impression: Impression): Click[] {
    const { catalogue, vectors, users } = this.ports.tables;
    const simulator = this.simulator.of(this.ports.tables.policies);
    const state = users.get(impression.userId) ?? newUser(impression.userId);
    const profile = vectors.profile(likedItems(state));
    const random = new Random(hash32(impression.impressionId));
    const confidence = simulator.confidence();
    this.counts.slates++;
    return impression.items.map(({ itemId, position }) => {
      const similarity = vectors.similarity(profile, itemId);
      const item = { itemId, groups: catalogue.groupsOf(itemId), similarity };
      const p = simulator.predictItem(state, item);
      const positive = random.next() < p;
      this.counts.answers++;
      if (similarity !== null) this.counts.simulated++;
      if (positive) this.counts.positives++;
      return {
        clickId: `simulated-${impression.impressionId}-${position}`,
        impressionId: impression.impressionId,
        userId: impression.userId,
        itemId,
        at: impression.at + (position + 1) * dwellMs,
        kind: 'click',
        positive,
        value: positive ? 1 : 0,
        source: 'simulated',
        confidence,
        similarity,
      };
    });
  }
}
