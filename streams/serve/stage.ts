// The stage that serves: decide, attribute and track share one task, so the state that goes into an
// example is exactly the state at the decision, whatever the partitions and the speed.

import { withVectors } from '../../models/context-vectors.ts';
import { ExamplePipeline, type PipelineRules } from '../../models/example-pipeline.ts';
import { policyNamed } from '../../models/policies.ts';
import type { Candidate, ContextVectors } from '../../models/policy.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { type Forgotten, forgotten } from '../../schemas/topics/forgotten.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { intents as intentsTopic } from '../../schemas/topics/intents.ts';
import { type Request, requests } from '../../schemas/topics/requests.ts';
import { rewards } from '../../schemas/topics/rewards.ts';
import { type UserState, userStates } from '../../schemas/topics/user-state.ts';
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
import { ForgottenUsers } from '../tables/forgotten.ts';
import { deadLetterOfClick, openStore } from './attribute.ts';
import { candidatesOf, type Retrievers } from './candidates.ts';
import {
  decide,
  describeCandidates,
  safeVariants,
  seedOf,
  servedId,
  type Variant,
} from './decide.ts';
import { type EventOfUser, forgetUser, isWanted } from './forget.ts';
import { LatestSlates } from './latest-slates.ts';
import { ServedPolicies } from './policies.ts';
import { CountedLikes } from './recent-likes.ts';
import { feedbackReply, repeatedReply, type ServeReply } from './replies.ts';
import { factsOf } from './ruled-candidates.ts';
import { fitting, intentOf, type ReadSlate, SaidReader, wordsFor } from './said.ts';
import { withSimulatorView } from './simulator-view.ts';
import { serveTables, tablesFor } from './tables.ts';
import { vectorsOf } from './vectors.ts';

export const userStore = defineStore({ name: 'user-state', changelog: userStates });

/** Largest number of candidates not shown that a slate carries, if a policy learns from them. */
const unshownLimit = 20;

export interface ServeOptions {
  /** Time a replayed slate waits for feedback, ms. @default 1_800_000 */
  readonly attributionWindowMs: number;
  /** Time a slate served here waits for feedback, ms. @default 1_800_000 */
  readonly servedWindowMs: number;
  /** Salt of the assignment and of every draw. @default 'millrace' */
  readonly salt: string;
  /**
   * The variants that serve; the topic `experiments` may change their shares.
   * @default safeVariants
   */
  readonly variants: readonly Variant[];
  /**
   * Ids of the experiments whose shares hold; other experiments belong to another configuration.
   * @default all
   */
  readonly experiments?: readonly string[];
  /** Number of candidates from each retriever. @default retrieverDefaults */
  readonly retrievers?: Retrievers;
  /**
   * Gives the slate that a request was answered with, when the log is run through once more: what a
   * decision was made from is not in the log.
   * @default every request is decided here
   */
  readonly decided?: (request: Request) => Impression;
}

export const serveDefaults: ServeOptions = Object.freeze({
  attributionWindowMs: 1_800_000,
  servedWindowMs: 1_800_000,
  salt: 'millrace',
  variants: safeVariants,
});

/** Makes the stage that serves. @throws MillraceError `policy-unknown` */
export function serveStage(options: ServeOptions = serveDefaults): Stage {
  return {
    name: 'serve',
    doc: 'Decides slates, remembers users, and joins slates with their feedback in event time.',
    steps: ['decide', 'attribute', 'track', 'forget'],
    // A deletion comes after the events of its time: what is declared first is taken first.
    inputs: [requests, impressions, clicks, forgotten],
    outputs: [impressions, rewards, examples, intentsTopic, deadLetters],
    stores: [userStore, openStore],
    commitEveryMs: 50,
    ...{ flushOn: [requests], passesOver: [impressions] },
    tables: serveTables,
    create: (tables) => new Serve(tables, options),
  };
}

class Serve implements StageLogic {
  readonly handlers = [
    on(requests, (request, context, record) => {
      if (this.isWanted(request, context, record)) this.serve(request, context);
    }),
    on(impressions, (impression, context, record) => {
      // Slates served here come back on this topic too; they are known already.
      if (impression.servedBy === 'served' || impression.items.length === 0) return;
      if (this.isWanted(impression, context, record)) this.observe(impression, context);
    }),
    on(clicks, (click, context, record) => {
      if (this.isWanted(click, context, record)) this.answer(click, context, record);
    }),
    on(forgotten, (event, context) => this.forget(event, context)),
  ];
  /** Users forgotten by this task; what it hears by its input is known before the table has it. */
  private readonly own = new ForgottenUsers();
  private readonly slates = new LatestSlates();
  private readonly tables: ReturnType<typeof tablesFor>;
  private readonly options: ServeOptions;
  private readonly policies: ServedPolicies;
  /** What the variants' policies need for a decision. */
  private readonly needs: { readonly candidates: boolean; readonly vectors: boolean };
  private readonly bases = publishedBases();
  /** Counted at the first decision that needs them, kept until there is a learner. */
  private readonly likes = new CountedLikes();

  private readonly said = new SaidReader();

  private readonly rules: PipelineRules = {
    groupsOf: (itemId) => this.tables.catalogue.groupsOf(itemId),
    windowOf: ({ servedBy }) => {
      const { attributionWindowMs, servedWindowMs } = this.options;
      return servedBy === 'served' ? servedWindowMs : attributionWindowMs;
    },
  };

  constructor(tables: TableReader, options: ServeOptions) {
    this.tables = tablesFor(tables);
    this.options = options;
    this.policies = new ServedPolicies(this.tables.snapshots);
    const entries = options.variants.map(({ policy }) => policyNamed(policy));
    this.needs = {
      candidates: entries.some((entry) => entry.needsCandidates),
      vectors: entries.some((entry) => entry.needsVectors),
    };
  }

  /** Closes the windows that have ended, before the event that moved the time is handled. */
  advance(context: Context): void {
    for (const example of this.pipeline(context).advance(context.streamTime)) {
      context.trace.recall(example.impressionId);
      const seen = withSimulatorView(example, this.tables.vectors);
      context.emit(examples, withVectors(seen, this.vectorsFor(seen.state)));
    }
  }

  private isWanted(event: EventOfUser, context: Context, record: RecordMetadata): boolean {
    return isWanted(event, context, record, [this.own, this.tables.forgotten]);
  }

  private forget(event: Forgotten, context: Context): void {
    if (this.own.has(event)) return;
    this.own.take(event);
    this.likes.clear();
    this.slates.clear();
    forgetUser(event, context, { users: userStore, open: openStore });
  }

  private serve(request: Request, context: Context): void {
    const pipeline = this.pipeline(context);
    const { catalogue } = this.tables;
    // A request that came before has its slate; once that is closed, nothing more comes of it.
    const known = pipeline.waiting(servedId(request));
    if (known) {
      const reply = repeatedReply(request, known);
      const read = this.said.of(request, catalogue);
      context.reply({ ...reply, ...wordsFor(read, reply.impression, catalogue) });
      return;
    }
    const state = pipeline.stateOf(request.userId);
    const decided = this.options.decided?.(request);
    const [impression, read]: ReadSlate = decided
      ? [decided, this.said.of(request, catalogue)]
      : this.decide(request, state, context);
    context.emit(impressions, impression);
    context.trace.remember(impression.impressionId);
    pipeline.show(impression);
    this.slates.add(impression, context.store(openStore));
    const words = wordsFor(read, impression, catalogue);
    context.reply({ impression, repeated: false, ...words } satisfies ServeReply);
  }

  private decide(request: Request, state: UserState, context: Context): ReadSlate {
    const started = context.elapsed();
    const { catalogue, intents } = this.tables;
    const vectors = this.tables.vectors.of('representer');
    const learner = this.policies.learner();
    if (learner) this.likes.clear();
    const likes = learner ? undefined : this.likes.of(context.store(userStore));
    const seed = seedOf(request.requestId, this.options.salt);
    const inForce = this.tables.rules.inForce({ ...request, feedbacks: state.feedbacks });
    const read = this.said.of(request, catalogue);
    const gathered = candidatesOf(
      request,
      state,
      { learner, likes, vectors, catalogue, rules: inForce },
      seed,
      this.options.retrievers,
    );
    const named = new Set(request.candidates);
    const ids = read
      ? fitting(read, gathered, catalogue, { k: request.k, seed, named: named.size > 0 })
      : gathered;
    const intent = read && intentOf(read, request);
    if (intent) context.emit(intentsTopic, intent);
    const facts = () => ids.map((itemId) => factsOf(catalogue, itemId));
    const ruled = inForce && { inForce, arranged: inForce.arrange(facts(), request.k) };
    const known = gathered.length + (inForce?.removedOf(named) ?? 0);
    const candidates = this.describe(ids, state, request.at);
    const withIntent = candidates.some(({ intent }) => intent !== null);
    const impression = decide(
      {
        salt: this.options.salt,
        variants: this.tables.experiments.sharesIn(this.options.variants, this.options.experiments),
        policyOf: (name, given) => this.policies.of(name, given, likes),
        vectors: this.vectorsFor(state),
        ruled,
        unshown: this.needs.candidates ? unshownLimit : 0,
        missing: [
          ...(known < named.size ? ['candidates'] : []),
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
    return [{ ...impression, adapter, latencyMs: context.elapsed() - started }, read];
  }

  /** Takes a slate shown by another system. */
  private observe(impression: Impression, context: Context): void {
    const pipeline = this.pipeline(context);
    const state = pipeline.stateOf(impression.userId);
    const described = <C extends { readonly itemId: string }>(candidates: readonly C[]) => {
      const ids = candidates.map(({ itemId }) => itemId);
      return this.describe(ids, state, impression.at).map(({ similarity, intent = null }, i) => ({
        ...candidates[i]!,
        ...{ similarity, intent },
      }));
    };
    const [items, unshown] = [described(impression.items), described(impression.unshown)];
    pipeline.show({ ...impression, items, unshown });
    this.slates.add(impression, context.store(openStore));
  }

  private describe(itemIds: readonly string[], state: UserState, at: number): Candidate[] {
    const { catalogue, vectors, intents } = this.tables;
    return describeCandidates(itemIds, state, {
      vectors: vectors.of('representer'),
      groupsOf: (itemId) => catalogue.groupsOf(itemId),
      intent: intents.of(state.userId, at),
    });
  }

  private answer(given: Click, context: Context, record: RecordMetadata): void {
    const click = this.slates.named(given, context.store(openStore));
    context.trace.recall(click.impressionId);
    const users = context.store(userStore);
    const before = this.likes.areCounted ? users.get(click.userId) : undefined;
    const attribution = this.pipeline(context).answer(click);
    context.reply(feedbackReply(attribution));
    this.likes.replace(before, users.get(click.userId));
    if (attribution.kind === 'joined') context.emit(rewards, attribution.reward);
    else context.emit(deadLetters, deadLetterOfClick(click, attribution, record));
  }

  private pipeline(context: Context): ExamplePipeline {
    const stores = { users: context.store(userStore), open: context.store(openStore) };
    return new ExamplePipeline(stores, this.rules);
  }

  /** What the language model knows of a user and of items; undefined where no policy asks. */
  private vectorsFor(state: UserState): ContextVectors | undefined {
    if (!this.needs.vectors) return undefined;
    const { vectors, snapshots } = this.tables;
    const own = vectors.of('policy');
    const space = own.in(this.bases.of(snapshots).of(own.model));
    return vectorsOf(state, { space, counts: () => this.policies.learner()?.counts });
  }
}
