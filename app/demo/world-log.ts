// A log from a seeded world: people answered a popularity policy that learned, before this system came.
import type { Dataset, LogStep } from '../../datasets/dataset.ts';
import { decayedPopularity } from '../../models/bandit/baselines/decayed-popularity.ts';
import { sessionGapMs } from '../../models/user/track.ts';
import { live, type Served } from '../../models/world/live.ts';
import { World } from '../../models/world/world.ts';
import { loggedClick, loggedImpression } from '../../schemas/logged-events.ts';
import type { Click } from '../../schemas/topics/clicks.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import { dwellMs } from '../../streams/enrichers/simulate.ts';

/** Number of slates in the log; a session has three of them in the mean. */
const slates = 6_000;
const slateSize = 10;
const candidates = 100;

/** A world without memory, as its simulator needs it; the rest has its defaults. */
export const worldOf = (seed: number) =>
  new World({ seed, users: 120, items: 400, topics: 8, feedback: 0, saturation: 0 });

/** A world's slates as a log to replay; the same seed gives the same log. */
export function worldLog(world: World): Dataset {
  const { seed } = world.options;
  return {
    name: `world-${seed}`,
    doc: 'The people of a seeded world, served by popularity.',
    attributionWindowMs: sessionGapMs,
    async *items() {
      for (const { topics: _, quality: __, ...item } of world.items) yield item;
    },
    async open(_folder, { limit = Number.POSITIVE_INFINITY }) {
      const count = Math.max(1, Math.min(slates, Math.ceil(limit / slateSize)));
      return {
        rows: count * slateSize,
        steps: () => stepsOf(world, count),
        async [Symbol.asyncDispose]() {},
      };
    },
  };
}

async function* stepsOf(world: World, requests: number): AsyncGenerator<LogStep> {
  const policy = decayedPopularity.create();
  const learn = policy.learn.bind(policy);
  const { seed } = world.options;
  const options = { requests, k: slateSize, candidates, seed, learn };
  const last = new Map<string, number>();
  let row = 0;
  let at = 0;
  for (const served of live(world, policy, options)) {
    const { userId } = served.context.state;
    at = served.context.at;
    if (at - (last.get(userId) ?? Number.NEGATIVE_INFINITY) >= sessionGapMs) {
      yield { kind: 'session', at, row, sessionId: `world-${userId}-${at}`, userId };
    }
    last.set(userId, at);
    const impression = shown(served);
    const rows = impression.items.length;
    yield { kind: 'impression', at, rows, impression };
    row += rows;
    for (const click of clicked(served)) yield { kind: 'click', at: click.at, rows: 0, click };
  }
  // Beyond every window, as other logs end.
  yield { kind: 'end', at: at + sessionGapMs + 1 };
}

/** The impression of a slate, with the propensities that it was drawn with. */
function shown({ examples }: Served): Impression {
  const { impressionId, userId, at, version, candidateCount, items } = examples[0]!;
  const slateLogProb = items.reduce((sum, { propensity }) => sum + Math.log(propensity), 0);
  return loggedImpression(
    {
      ...{ impressionId, userId, at, version, candidateCount, slateLogProb },
      propensitySource: 'drawn',
    },
    items.map(({ itemId, position, score, propensity }) => ({
      ...{ itemId, position, score, propensity },
    })),
  );
}

function clicked({ examples }: Served): Click[] {
  const { impressionId, userId, at, items } = examples[0]!;
  return items
    .filter(({ positive }) => positive)
    .map(({ itemId, position }) =>
      loggedClick({
        clickId: `${impressionId}-${position}`,
        ...{ impressionId, userId, itemId },
        at: at + (position + 1) * dwellMs,
      }),
    );
}
