// How far the simulator can be believed, on its way through the streams.
import { describe, expect, it } from '@jest/globals';
import { Random } from '../../models/random.ts';
import { Simulator } from '../../models/reward/simulator.ts';
import { LEAST_AUC } from '../../models/reward/simulator-head.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { type Example, examples } from '../../schemas/topics/examples.ts';
import { calibrateStage } from '../../streams/calibrate/stage.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { snapshotTable } from '../../streams/engine/snapshot-table.ts';
import { madeExamples } from '../support/examples.ts';

function run(log: readonly Example[]) {
  const runtime = new MemoryRuntime({ stages: [calibrateStage()], enrichers: [] });
  for (const example of log) runtime.send(examples, example);
  runtime.drain();
  const findings = runtime.events(audit);
  const last = Object.fromEntries(findings.slice(-4).map(({ name, value }) => [name, value]));
  const bytes = runtime.tables.of(snapshotTable).latest('simulator')!.bytes;
  return { findings, last, simulator: Simulator.load(bytes) };
}

describe('calibrate', () => {
  it('audits its fidelity with each snapshot, and gives weight where there is some', () => {
    const { findings, last, simulator } = run(madeExamples(1000));
    expect(findings).toHaveLength(8);
    expect(findings[0]).toMatchObject({
      kind: 'fidelity',
      component: 'calibrate',
      name: 'auc',
      count: 2500,
    });
    expect(last.aucLower).toBeGreaterThan(LEAST_AUC);
    expect(last.weight).toBeGreaterThan(0.2);
    expect(simulator.confidence()).toBe(last.weight);
  });

  it('says so, and gives no weight, where people answer by the toss of a coin', () => {
    const coin = new Random(3);
    const log = madeExamples(500).map((example) => ({
      ...example,
      items: example.items.map((item) => ({ ...item, positive: coin.next() < 0.5 })),
    }));
    const { last, simulator } = run(log);
    expect(last.aucLower).toBeLessThan(LEAST_AUC);
    expect(last.weight).toBe(0);
    expect(simulator.confidence()).toBe(0);
  });
});
