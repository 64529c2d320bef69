// `simulate`: the language model answers for the user. What it makes of an item and of the items the
// user liked becomes a probability by a head calibrated on logged feedback; the answer is drawn from
// it by a seed, so answering twice gives the same clicks, and their ids let the second be dropped.
import { hash32, Random } from '../../models/random.ts';
import { Simulator } from '../../models/reward/simulator.ts';
import { newUser } from '../../models/user/track.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { type Enricher, type EnricherDef, type EnricherIo, onAsync } from '../engine/enricher.ts';
import { SnapshotCache } from '../engine/snapshot-cache.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import { likedItems } from '../serve/decide.ts';
import { catalogueTable } from '../tables/catalogue.ts';
import { usersTable } from '../tables/users.ts';
import { vectorsTable } from '../tables/vectors.ts';

export const simulateEnricher: EnricherDef = {
  name: 'simulate',
  doc: 'Answers slates served here with the click probability of the language model, calibrated.',
  inputs: [impressions],
  prompt: true,
  outputs: [clicks],
  tables: [catalogueTable, vectorsTable, snapshotTable, usersTable],
  create: (io) => new Simulate(io),
};

/** Event time between a simulated user's looks at two items, ms. */
export const dwellMs = 2_000;

class Simulate implements Enricher {
  /**
   * Number of slates answered, of items answered, of those in which the language model had a say,
   * and of positive answers.
   */
  readonly counts = { slates: 0, answers: 0, simulated: 0, positives: 0 };
  readonly handlers = [onAsync(impressions, (impression) => this.onImpression(impression))];
  private readonly io: EnricherIo;
  private readonly simulator = new SnapshotCache('simulator', Simulator.load(), Simulator.load);

  constructor(io: EnricherIo) {
    this.io = io;
  }

  private async onImpression(impression: Impression): Promise<void> {
    if (impression.servedBy !== 'served') return;
    await this.io.emit(clicks, this.answer(impression));
  }

  private answer(impression: Impression): Click[] {
    const { tables } = this.io;
    const [catalogue, vectors, users] = [
      tables.of(catalogueTable),
      tables.of(vectorsTable),
      tables.of(usersTable),
    ];
    const simulator = this.simulator.of(tables.of(snapshotTable));
    const state = users.get(impression.userId) ?? newUser(impression.userId);
    // Vectors of another model than it was calibrated with mean nothing to it.
    const known = simulator.model === vectors.ownModel('simulator');
    const own = vectors.of('simulator');
    const profile = known ? own.profile(likedItems(state)) : null;
    const random = new Random(hash32(impression.impressionId));
    const confidence = simulator.confidence();
    this.counts.slates++;
    return impression.items.map(({ itemId, position }) => {
      const similarity = own.similarity(profile, itemId);
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
