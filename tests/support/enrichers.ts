// Enrichers whose work is the test's own, and how a test hands an event to one.
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { type Reward, rewards } from '../../schemas/topics/rewards.ts';
import { type Enricher, type EnricherIo, onAsync } from '../../streams/engine/enricher.ts';
import type { Topology } from '../../streams/engine/topology.ts';

export type Work = (click: Click, io: EnricherIo) => Promise<void> | void;

/** An enricher of clicks, alone in its topology. */
export function enriching(work: Work): Topology {
  return {
    stages: [],
    enrichers: [
      {
        name: 'fake',
        doc: 'Does what a test wants.',
        inputs: [clicks],
        outputs: [rewards],
        prompt: true,
        tables: [],
        create: (io) => ({ counts: {}, handlers: [onAsync(clicks, (click) => work(click, io))] }),
      },
    ],
  };
}

/** Hands an event to an enricher, as a runtime does. */
export function give<T extends AnyTopic>(
  { handlers }: Enricher,
  topic: T,
  event: EventOf<T>,
): Promise<void> | void {
  return handlers.find((one) => one.topic === topic)!.handle(event);
}

/** What comes of a click. */
export function rewardOf(
  { clickId, userId, impressionId, itemId, at }: Click,
  policy = '',
): Reward {
  const rest = { position: 0, policy, variant: '', positive: true, value: 1, confidence: 1 };
  return { clickId, userId, impressionId, itemId, at, source: 'logged', ...rest };
}
