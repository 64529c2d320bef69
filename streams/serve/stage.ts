// The stage that serves: decide, attribute and track share one task, so the state that goes into an
// example is exactly the state at the decision, whatever the partitions and the speed.

import { InvertedPolicy } from '../../models/bandit/inverted.ts';
import { loadLearner } from '../../models/bandit/millrace/learner.ts';
import { PopularityPolicy } from '../../models/bandit/popularity.ts';
import { UniformPolicy } from '../../models/bandit/uniform.ts';
import { ExamplePipeline, type PipelineRules } from '../../models/example-pipeline.ts';
import type { Learner } from '../../models/learner.ts';
import { LlmPolicy } from '../../models/llm/policy.ts';
import type { Candidate, Policy } from '../../models/policy.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { type Request, requests } from '../../schemas/topics/requests.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { type UserState, userStates } from '../../schemas/topics/user-state.ts';
import { SnapshotCache } from '../engine/snapshot-cache.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import {
  type Context,
  on,
  type RecordMetadata,
  type Stage,
  type StageLogic,
} from '../engine/stage.ts';
import { defineStore } from '../engine/store.ts';
import type { TableReader } from '../engine/table.ts';
import { publishedBases } from '../learn/basis-stage.ts';
import { splitParts } from '../learn/parts.ts';
import { catalogueTable } from '../tables/catalogue.ts';
import { experimentsTable } from '../tables/experiments.ts';
import { intentsTable } from '../tables/intents.ts';
import { vectorsTable } from '../tables/vectors.ts';
import { clickLetter, openStore } from './attribute.ts';
import { candidatesOf, type Retrievers } from './candidates.ts';
import { decide, describeCandidates, safeVariants, seedOf, type Variant } from './decide.ts';
import { type LlmTier, llmTier, withVectors } from './llm-tier.ts';
import { withSimulatorView } from './simulator-view.ts';

export const userStore = defineStore({ name: 'user-state', changelog: userStates });

export interface ServeOptions {
  /** How long a slate waits for feedback, ms. @default 1_800_000 */
  readonly attributionWindowMs: number;
  /** The same for a slate served here. @default 1_800_000 */
  readonly servedWindowMs: number;
  /** Salt of the assignment and of every draw. @default 'millrace' */
  readonly salt: string;
  /** Who serves; the topic `experiments` may change the shares. @default safeVariants */
  readonly variants: readonly Variant[];
  /** Experiments whose shares hold, by id; those of others are of another configuration. @default all */
  readonly experiments?: readonly string[];
  /** How many candidates come from where. @default retrieverDefaults */
  readonly retrievers?: Retrievers;
  /**
   * The slate a request was answered with, when the log is run through once more: what it was decided
   * from is not in the log. @default every request is decided here
   */
  readonly decided?: (request: Request) => Impression;
}

export const serveDefaults: ServeOptions = Object.freeze({
  attributionWindowMs: 1_800_000,
  servedWindowMs: 1_800_000,
  salt: 'millrace',
  variants: safeVariants,
});

export function serveStage(options: ServeOptions = serveDefaults): Stage {
  return {
    name: 'serve',
    doc: 'Decides slates, remembers users, and joins slates with their feedback in event time.',
    steps: ['decide', 'attribute', 'track'],
    inputs: [requests, impressions, clicks],
    outputs: [impressions, rewards, examples, deadLetters],
    stores: [userStore, openStore],
    commitEveryMs: 50,
    flushOn: [requests],
    tables: [catalogueTable, vectorsTable, snapshotTable, experimentsTable, intentsTable],
    create: (tables) => new Serve(tables, options),
  };
}

const tablesFor = (tables: TableReader) => ({
  catalogue: tables.of(catalogueTable),
  vectors: tables.of(vectorsTable),
  snapshots: tables.of(snapshotTable),
  experiments: tables.of(experimentsTable),
  intents: tables.of(intentsTable),
});

class Serve implements StageLogic {
  readonly handlers = [
    on(requests, (request, context) => this.serve(request, context)),
    on(impressions, (impression, context) => this.observe(impression, context)),
    on(clicks, (click, context, record) => this.answer(click, context, record)),
  ];
  private readonly tables: ReturnType<typeof tablesFor>;
  private readonly options: ServeOptions;
  private readonly learner = new SnapshotCache<Learner | undefined>(
    'millrace',
    undefined,
    (bytes) => loadLearner(splitParts(bytes)[0]),
  );
  private readonly bases = publishedBases();
  private readonly llm = new SnapshotCache('llm', LlmPolicy.load(), LlmPolicy.load);

  private readonly rules: PipelineRules = {
    groupsOf: (itemId) => this.tables.catalogue.groupsOf(itemId),
    windowOf: ({ origin }) => {
      const { attributionWindowMs, servedWindowMs } = this.options;
      return origin === 'served' ? servedWindowMs : attributionWindowMs;
    },
  };

  constructor(tables: TableReader, options: ServeOptions) {
    this.tables = tablesFor(tables);
    this.options = options;
  }

  /** Windows whose time has come close before the event that moved the time is looked at. */
  advance(context: Context): void {
    for (const example of this.pipeline(context).advance(context.streamTime)) {
      const seen = withSimulatorView(example, this.tables.vectors);
      context.emit(examples, withVectors(seen, this.tier()));
    }
  }

  private serve(request: Request, context: Context): void {
    const pipeline = this.pipeline(context);
    const state = pipeline.stateOf(request.userId);
    const impression = this.options.decided?.(request) ?? this.decide(request, state, context);
    context.emit(impressions, impression);
    pipeline.show(impression);
  }

  private decide(request: Request, state: UserState, context: Context): Impression {
    const started = context.elapsed();
    const { catalogue, intents } = this.tables;
    const vectors = this.tables.vectors.of('representer');
    const learner = this.latestLearner();
    const seed = seedOf(request.requestId, this.options.salt);
    const ids = candidatesOf(
      request,
      state,
      { learner, vectors, catalogue },
      seed,
      this.options.retrievers,
    );
    const candidates = this.describe(ids, state, request.at);
    const withIntent = candidates.some(({ intent }) => intent !== null);
    const uniform = new UniformPolicy();
    const impression = decide(
      {
        salt: this.options.salt,
        variants: this.tables.experiments.sharesIn(this.options.variants, this.options.experiments),
        policies: {
          millrace: learner ?? uniform,
          popularity: learner ? new PopularityPolicy(learner) : uniform,
          uniform,
          inverted: learner ? new InvertedPolicy(learner) : uniform,
          llm: this.llmFor(state, learner ?? uniform),
        },
        missing: [
          ...(learner ? [] : ['snapshot']),
          ...(candidates.some(({ similarity }) => similarity !== null) ? [] : ['vectors']),
          ...(intents.size === 0 || withIntent ? [] : ['intent']),
        ],
      },
      request,
      state,
      candidates,
    );
    const adapter = withIntent ? intents.of(request.userId, request.at)!.adapter : 0;
    return { ...impression, adapter, latencyMs: context.elapsed() - started };
  }

  /** A slate shown by another system. Our own come back on this topic too and are known already. */
  private observe(impression: Impression, context: Context): void {
    if (impression.origin === 'served' || impression.items.length === 0) return;
    const pipeline = this.pipeline(context);
    const state = pipeline.stateOf(impression.userId);
    const ids = impression.items.map(({ itemId }) => itemId);
    const known = this.describe(ids, state, impression.at);
    const items = impression.items.map((item, i) => ({
      ...item,
      similarity: known[i]!.similarity,
      intent: known[i]!.intent ?? null,
    }));
    pipeline.show({ ...impression, items });
  }

  private describe(itemIds: readonly string[], state: UserState, at: number): Candidate[] {
    const { catalogue, vectors, intents } = this.tables;
    return describeCandidates(itemIds, state, {
      vectors: vectors.of('representer'),
      groupsOf: (itemId) => catalogue.groupsOf(itemId),
      intent: intents.of(state.userId, at),
    });
  }

  private answer(click: Click, context: Context, record: RecordMetadata): void {
    const attribution = this.pipeline(context).answer(click);
    if (attribution.kind === 'joined') context.emit(rewards, attribution.reward);
    else context.emit(deadLetters, clickLetter(click, attribution, record));
  }

  private pipeline(context: Context): ExamplePipeline {
    const stores = { users: context.store(userStore), open: context.store(openStore) };
    return new ExamplePipeline(stores, this.rules);
  }

  /** The language model's policy; the fast one for a user of whom it has no profile. */
  private llmFor(state: UserState, fast: Policy): Policy {
    return llmTier(this.llm.of(this.tables.snapshots), fast, state, this.tier());
  }

  private tier(): LlmTier {
    const { vectors, snapshots } = this.tables;
    const own = vectors.of('policy');
    const space = own.in(this.bases.of(snapshots).of(own.model));
    return { space, counts: () => this.latestLearner()?.counts };
  }

  private latestLearner(): Learner | undefined {
    return this.learner.of(this.tables.snapshots);
  }
}
