// Every enricher, with a language model that gives vectors and nothing else.
import { hash32 } from '../../models/random.ts';
import type { Topology } from '../../streams/engine/topology.ts';
import { explainEnricher } from '../../streams/enrichers/explain.ts';
import { reasonEnricher } from '../../streams/enrichers/reason.ts';
import { representEnricher } from '../../streams/enrichers/represent.ts';
import { simulateEnricher } from '../../streams/enrichers/simulate.ts';
import { fakeModel } from '../support/fake-model.ts';
import { portsOf } from '../support/schedulers.ts';

const width = 4;

export function enrichersOf(): Topology {
  const embed = async (text: string) =>
    Float32Array.from({ length: width }, (_, i) => (hash32(`${i} ${text}`) % 1_000) / 500 - 1);
  const ports = portsOf(fakeModel({ width, embed }));
  return {
    stages: [],
    enrichers: [
      representEnricher(ports),
      reasonEnricher(ports),
      explainEnricher(ports),
      simulateEnricher,
    ],
  };
}
