// Off-policy evaluation by hand: what another policy would have earned, from slates it did not
// choose. Every slate carries its propensities and the target propensities of the other variants, so the
// self-normalised estimator (SNIPS; Swaminathan & Joachims 2015) is a sum over a sum.
import { Random } from '../models/random.ts';
import { requestOf } from '../schemas/request-border.ts';
import { clicks } from '../schemas/topics/clicks.ts';
import type { Impression } from '../schemas/topics/impressions.ts';
import { impressions } from '../schemas/topics/impressions.ts';
import { requests } from '../schemas/topics/requests.ts';
import { rewards } from '../schemas/topics/rewards.ts';
import { MemoryRuntime } from '../streams/engine/memory-runtime.ts';
import { type ServeOptions, serveDefaults } from '../streams/serve/stage.ts';
import { mainTopology } from '../streams/topology.ts';
import { clicked } from './support/events.ts';

/** How likely each item is clicked; nobody but the answering users knows. */
const appeal: Readonly<Record<string, number>> = { a: 0.05, b: 0.1, c: 0.2, d: 0.4, e: 0.8 };

const second = 1_000;

/** A request every nine seconds; the answers to a hundred come well within their windows. */
const every = 9 * second;
const perRound = 100;

/** Half of the users are served at random, half by the policy that learns. */
const serve: ServeOptions = {
  ...serveDefaults,
  variants: [
    { name: 'uniform', policy: 'uniform', share: 1, exploration: {} },
    { name: 'millrace', policy: 'millrace', share: 1, exploration: { floor: 0.1 } },
  ],
};

/** V = Σ w r / Σ w over the positions shown, w = p(variant) / p(logged). */
export function snips(
  slates: readonly Impression[],
  variant: string,
  wasClicked: (impressionId: string, itemId: string) => boolean,
): number {
  let earned = 0;
  let weights = 0;
  for (const { impressionId, variants, items } of slates) {
    const column = variants.indexOf(variant);
    for (const { itemId, propensity, targetPropensities } of items) {
      const w = targetPropensities[column]! / propensity;
      earned += wasClicked(impressionId, itemId) ? w : 0;
      weights += w;
    }
  }
  return earned / weights;
}

export function run(say: (line: string) => void = console.log, rounds = 25) {
  const runtime = new MemoryRuntime(mainTopology({ serve }));
  const random = new Random(7);
  let answered = 0;
  for (let round = 0; round < rounds; round++) {
    for (let i = round * perRound; i < (round + 1) * perRound; i++) {
      const candidates = Object.keys(appeal);
      const request = { requestId: `r${i}`, userId: `u${i}`, at: i * every, k: 1, candidates };
      runtime.send(requests, requestOf({ ...request, surface: 'home' }));
    }
    runtime.drain();
    for (const slate of runtime.events(impressions).slice(answered)) {
      answered++;
      const { itemId } = slate.items[0]!;
      if (random.next() < appeal[itemId]!)
        runtime.send(clicks, clicked(slate, itemId, slate.at + second));
    }
  }
  runtime.drain();

  const slates = runtime.events(impressions);
  const clickedOn = new Set(runtime.events(rewards).map(({ impressionId }) => impressionId));
  const wasClicked = (impressionId: string) => clickedOn.has(impressionId);
  const by = (variant: string) => slates.filter((slate) => slate.variant === variant);
  const ctr = (variant: string) =>
    by(variant).filter(({ impressionId }) => wasClicked(impressionId)).length / by(variant).length;
  const estimate = snips(by('uniform'), 'millrace', wasClicked);
  say(`uniform earned ${ctr('uniform').toFixed(3)} clicks a slate on ${by('uniform').length}`);
  say(`from these slates alone, SNIPS says of millrace:  ${estimate.toFixed(3)}`);
  say(`what millrace earned on slates of its own:        ${ctr('millrace').toFixed(3)}`);
  return { slates, uniform: ctr('uniform'), millrace: ctr('millrace'), estimate };
}

if (import.meta.main) run();
