// Rows of a small shop: forty users, two variants, people's and simulated answers, several models.
import type { Warehouse } from '../../../infra/clickhouse/warehouse.ts';
import { Random, shuffled } from '../../../models/random.ts';
import {
  deadLetter,
  example,
  impression,
  insert,
  item,
  prediction,
  replay,
  reward,
} from '../rows.ts';

const dates = ['2020-01-10 00:00:00.000', '2020-02-05 10:00:00.000', '2020-02-07 11:00:00.000'];

/** Inserts rows in every table that views read. */
export async function fillShop(warehouse: Warehouse): Promise<void> {
  const seeded = new Random(7);
  const draw = () => seeded.next();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;
  const items = Array.from({ length: 12 }, (_, i) => `item-${i}`);
  const rows: Record<string, object[]> = {
    items: items.map((id, i) => item(id, `Title of ${id}`, [`group-${i % 3}`, `shelf-${i % 2}`])),
    impressions: [],
    rewards: [],
    predictions: [],
    examples: [],
    truths: [],
    explanations: [],
    judgements: [],
    intents: [],
  };
  for (let i = 0; i < 150; i++) {
    const userId = `user-${Math.floor(draw() * 40)}`;
    const impressionId = `impression-${i}`;
    const shown = shuffled(items, seeded).slice(0, 3);
    const at = pick(dates);
    const of = { impressionId, userId, at };
    const place = { _partition: i % 3, _offset: i };
    const slate = impression({
      ...of,
      variant: pick(['A', 'B']),
      tier: pick(['fast', 'llm']),
      latencyMs: i,
      variants: ['A', 'B'],
      servedBy: pick(['served', 'served', 'logged']),
      shown: shown.map((id) => [id, 0.1 + draw() / 2, [draw() / 2, draw() / 2]]),
    });
    rows.impressions!.push({ ...slate, ...place });
    for (const id of shown) {
      if (draw() < 0.5) continue;
      const source = pick(['logged', 'simulated']);
      const answer = { userId, at, source, variant: pick(['', 'A']), confidence: draw() };
      rows.rewards!.push({ ...reward(impressionId, id, draw() < 0.5, answer), ...place });
    }
    const predicted = prediction({
      impressionId,
      at,
      models: ['m', 'simulator'],
      source: pick(['logged', 'simulated']),
      items: shown.map(() => [draw() < 0.5, [draw(), draw()]]),
      ranks: [[1 + Math.floor(draw() * 9), 1 + Math.floor(draw() * 20)]],
      ties: [[0, 2]],
      values: shown.map(() => draw()),
    });
    rows.predictions!.push({ ...predicted, userId, ...place });
    rows.examples!.push({ ...example(impressionId, 3), userId, ...place });
    rows.truths!.push({ ...of, variant: pick(['A', 'B']), expected: draw(), best: 1, ...place });
    const hash = `hash-${i}`;
    const latest = { ...of, ...place, hash, _key: hash };
    rows.explanations!.push({ ...latest, itemId: shown[0], text: 't', citedItems: [shown[1]] });
    rows.intents!.push({ ...latest, wanted: ['drama'] });
    for (const judge of ['person', 'model']) {
      const judgementId = `${hash}-${judge}`;
      const score = Math.ceil(5 * draw());
      rows.judgements!.push({
        ...latest,
        judgementId,
        judge,
        aspect: pick(['fluent', 'true']),
        score,
      });
    }
  }
  const letters = ['clicks', 'requests', 'clicks'].map((origin) => deadLetter(origin, 'late'));
  const ingestError = { topic: 'clicks', _partition: 0, _offset: 3, code: 'event-invalid' };
  const step = { experimentId: 'e', phase: 'gate', status: 'open', evidence: '{}' };
  for (const [table, some] of Object.entries({
    ...rows,
    replays: [replay('r', 10), replay('r', 20)],
    dead_letters: letters,
    ingest_errors: [ingestError],
    audit: ['privacy', 'promotion'].map((kind, _offset) => ({
      ...{ kind, component: 'promote-e', name: 'gate: users', value: 3, count: 9 },
      ...{ at: dates[0], _partition: 0, _offset },
    })),
    experiments: [{ ...step, at: dates[0], _partition: 0, _offset: 0 }],
  }))
    await insert(warehouse, table, some as Record<string, unknown>[]);
}
