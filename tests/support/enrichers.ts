// Enrichers whose work is the test's own, and what a pipeline wants to run them.
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { type Reward, rewards } from '../../schemas/topics/rewards.ts';
import type { EnricherDef, EnricherPorts } from '../../streams/engine/enricher.ts';
import type { Topology } from '../../streams/engine/topology.ts';
import { Desk } from '../../streams/enrichers/desk.ts';
import { fakeModel } from './fake-model.ts';

export type Work = (click: Click, ports: EnricherPorts) => Promise<void> | void;

/** An enricher of clicks, alone in its topology. */
export function enriching(work: Work): Topology {
  const def: EnricherDef = {
    name: 'fake',
    doc: 'Does what a test wants.',
    inputs: [clicks],
    outputs: [rewards],
    prompt: true,
    tables: [],
    create: (ports) => ({
      counts: {},
      onEvent: (_topic, event) => work(event as Click, ports),
    }),
  };
  return { stages: [], enrichers: [def] };
}

/** What comes of a click. */
export function rewardOf(
  { clickId, userId, impressionId, itemId, at }: Click,
  policy = '',
): Reward {
  const rest = { position: 0, policy, variant: '', positive: true, value: 1, confidence: 1 };
  return { clickId, userId, impressionId, itemId, at, source: 'logged', ...rest };
}

/** A language model that nobody asks. */
export function idleModel(): Pick<EnricherPorts, 'desks'> {
  const desk = new Desk(fakeModel({}), {
    capacity: 1,
    budget: { share: 1 },
    now: () => performance.now(),
    wait: () => Promise.resolve(),
  });
  return { desks: () => desk };
}
