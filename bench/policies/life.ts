// A policy's life in the streams: one variant serves everybody of a seeded world, through the topology as
// it runs; its people answer, its stage learns. What it earned, whether what was logged is what it was
// drawn with, and whether the log gives the same parameters again.
import { demoVariants } from '../../app/demo/recommender.ts';
import { policyNamed } from '../../models/policies.ts';
import {
  propensitiesOf,
  type SlateDistribution,
  slateDistribution,
} from '../../models/slate-distribution.ts';
import { newUser } from '../../models/user/track.ts';
import { madeVectors } from '../../models/world/vectors.ts';
import { visits } from '../../models/world/visits.ts';
import { World, type WorldItem } from '../../models/world/world.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { type Request, requests } from '../../schemas/topics/requests.ts';
import { truths } from '../../schemas/topics/truths.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import { type EnricherDef, onAsync } from '../../streams/engine/enricher.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { snapshotTable } from '../../streams/engine/snapshot-table.ts';
import type { LayeredStore } from '../../streams/engine/store.ts';
import { checked, type Topology } from '../../streams/engine/topology.ts';
import { simulateByWorld } from '../../streams/enrichers/simulate-world.ts';
import { publishedBases } from '../../streams/learn/basis-stage.ts';
import { candidatesOf } from '../../streams/serve/candidates.ts';
import { describeCandidates, seedOf, type Variant } from '../../streams/serve/decide.ts';
import { ServedPolicies } from '../../streams/serve/policies.ts';
import { RecentLikes } from '../../streams/serve/recent-likes.ts';
import { serveDefaults, userStore } from '../../streams/serve/stage.ts';
import { vectorsOf } from '../../streams/serve/vectors.ts';
import { catalogueTable } from '../../streams/tables/catalogue.ts';
import { vectorsTable } from '../../streams/tables/vectors.ts';
import { mainTopology } from '../../streams/topology.ts';

/** Time that a slate waits for its clicks, ms: less than the time to another user's next visit. */
const WINDOW = 10 * 60_000;

export interface LifeOptions {
  /** Seed of the world, and of who comes when. */
  readonly seed: number;
  readonly users: number;
  readonly items: number;
  /** Candidates that a request names, drawn evenly; 0: it names none, and they are retrieved. */
  readonly candidates: number;
  readonly requests: number;
  /** Number of items in a slate. */
  readonly k: number;
}

export interface StreamLife {
  /**
   * Mean of the expected clicks of a slate over the second half of the requests, by the world's
   * truth.
   */
  readonly reward: number;
  /** Mean of the expected clicks of the best possible slates over the same requests. */
  readonly best: number;
  /**
   * Number of shown items whose logged propensity is not the one recomputed, or not the product
   * that is logged.
   */
  readonly propensityErrors: number;
  /** Number of shown items compared. */
  readonly propensities: number;
  /** Whether the examples, learned again from the first, give the bytes of the last snapshot. */
  readonly rebuilt: boolean;
  /** Share of the slates that the policy itself decided, after half of the requests were served. */
  readonly decided: number;
}

/**
 * A variant that explores as the demo does with the policy, or at temperature 1. Every distribution
 * has a floor.
 */
export function variantOf(policy: string): Variant {
  const own = demoVariants.find((one) => one.policy === policy);
  const exploration = own?.exploration ?? { temperature: 1, floor: 0.05 };
  return { name: policy, policy, share: 1, exploration };
}

export async function lifeOf(policy: string, options: LifeOptions): Promise<StreamLife> {
  const { seed, users, items: count, k } = options;
  const world = new World({ seed, users, items: count, feedback: 0, saturation: 0 });
  const variant = variantOf(policy);
  const shown: Impression[] = [];
  const runtime = new MemoryRuntime(topologyOf(variant, world, shown));
  sendCatalogue(runtime, world);
  await runtime.settle();
  const check = new PropensityCheck(runtime, variant);
  let n = 0;
  for (const { userId, at, candidates } of visits(world, options)) {
    const asked = { requestId: `r${n++}`, userId, at, k, surface: 'bench' };
    const request = requestOf(
      options.candidates > 0 ? { ...asked, candidates: [...candidates] } : asked,
    );
    const probabilities = check.expected(request);
    runtime.send(requests, request);
    await runtime.settle();
    check.compare(shown.at(-1)!, probabilities);
  }
  const half = Math.floor(options.requests / 2);
  const told = runtime.events(truths).slice(half);
  const later = shown.slice(half);
  const mean = (of: (one: (typeof told)[number]) => number) =>
    told.reduce((sum, one) => sum + of(one), 0) / told.length;
  return {
    reward: mean(({ expected }) => expected),
    best: mean(({ best }) => best),
    propensityErrors: check.errors,
    propensities: check.compared,
    rebuilt: isRebuilt(runtime, policy, variant),
    decided: later.filter((one) => one.policy === policy).length / later.length,
  };
}

/**
 * The main path with the world's people as simulator, and an enricher that notes the slates they
 * see.
 */
function topologyOf(variant: Variant, world: World, shown: Impression[]): Topology {
  const note: EnricherDef = {
    name: 'note',
    doc: 'Notes down the slates.',
    inputs: [impressions],
    outputs: [],
    prompt: false,
    tables: [],
    create: () => ({
      counts: {},
      handlers: [onAsync(impressions, (impression) => void shown.push(impression))],
    }),
  };
  const { stages, enrichers } = mainTopology({
    serve: {
      ...serveDefaults,
      attributionWindowMs: WINDOW,
      servedWindowMs: WINDOW,
      variants: [variant],
    },
    simulate: simulateByWorld(world),
  });
  return { stages, enrichers: [...enrichers, note] };
}

/**
 * Sends the items, and vectors of them by a made language model: heads need some, and all policies
 * see them.
 */
function sendCatalogue(runtime: MemoryRuntime, world: World): void {
  for (const { topics: _, quality: __, ...item } of world.items as readonly WorldItem[]) {
    runtime.send(items, item);
  }
  for (const [itemId, vector] of madeVectors(world)) {
    runtime.send(itemVectors, {
      ...{ hash: itemId, itemId, at: 0, model: 'made', roles: [] },
      vector: [...vector],
    });
  }
}

/**
 * Makes each decision a second time, from the tables as they were before the request, and compares.
 */
/** A decision made once more: its candidates, and what slates are drawn from. */
interface Expected {
  readonly ids: readonly string[];
  readonly slates: SlateDistribution;
}

class PropensityCheck {
  errors = 0;
  compared = 0;
  private readonly runtime: MemoryRuntime;
  private readonly variant: Variant;
  private readonly served: ServedPolicies;
  private readonly bases = publishedBases();

  constructor(runtime: MemoryRuntime, variant: Variant) {
    this.runtime = runtime;
    this.variant = variant;
    this.served = new ServedPolicies(runtime.tables.of(snapshotTable));
  }

  /** Probability of each candidate at the first position. */
  expected(request: Request): Expected {
    const { tables } = this.runtime;
    const catalogue = tables.of(catalogueTable);
    const vectors = tables.of(vectorsTable).of('representer');
    const own = tables.of(vectorsTable).of('policy');
    const space = own.in(this.bases.of(tables.of(snapshotTable)).of(own.model));
    const { userId, at, k } = request;
    const users = this.runtime.task('serve').stateOf(userStore) as LayeredStore<UserState>;
    const state = users.get(userId) ?? newUser(userId);
    const learner = this.served.learner();
    const likes = learner ? undefined : new RecentLikes(users.entries());
    const seed = seedOf(request.requestId, serveDefaults.salt);
    const ids = candidatesOf(request, state, { learner, likes, vectors, catalogue }, seed);
    const groupsOf = (itemId: string) => catalogue.groupsOf(itemId);
    const candidates = describeCandidates(ids, state, { vectors, groupsOf, intent: undefined });
    const seen = vectorsOf(state, { space, counts: () => learner?.counts });
    const context = { at, k, state, candidates, vectors: seen };
    const policy = this.served.of(this.variant.policy, context, likes);
    return { ids, slates: slateDistribution(policy, context, this.variant.exploration) };
  }

  compare(logged: Impression, { ids, slates }: Expected): void {
    const chosen = logged.items.map(({ itemId }) => ids.indexOf(itemId));
    const again = propensitiesOf(slates, chosen);
    const product = logged.items.reduce((sum, { propensity }) => sum + Math.log(propensity), 0);
    const whole = product === logged.slateLogProb;
    for (const [i, { propensity, targetPropensities }] of logged.items.entries()) {
      this.compared++;
      if (!whole || propensity !== again[i] || targetPropensities[0] !== propensity) this.errors++;
    }
  }
}

/**
 * Whether a runtime that has only the examples comes to the same parameters. A policy without
 * parameters counts as rebuilt.
 */
function isRebuilt(runtime: MemoryRuntime, policy: string, variant: Variant): boolean {
  const { source } = policyNamed(policy);
  if (!source) return true;
  const live = runtime.tables.of(snapshotTable).latest(source.name);
  const { stages } = mainTopology({ serve: { ...serveDefaults, variants: [variant] } });
  const tables = runtime.tables;
  const stage = stages.find((one) => one.create(tables).snapshot?.policy === source.name)!;
  const again = new MemoryRuntime(checked({ stages: [stage], enrichers: [] }));
  for (const example of runtime.events(examples)) again.send(examples, example);
  again.drain();
  const made = again.tables.of(snapshotTable).latest(source.name);
  if (!live || !made) return false;
  return Buffer.compare(live.bytes, made.bytes) === 0 && live.version === made.version;
}
