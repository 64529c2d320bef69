// `explain`: a reason for what was recommended. Every item of a slate that the language model ranked
// gets one, in plain words of code where the model has no time; of other slates the first item, as far
// as a share of the model's time goes. The topic of the reasons is the cache, keyed by content. Where the
// judge has a model of its own, what was drafted is shown to it, and what it does not prefer is replaced.
import { type ClaimKind, claimKinds } from '../../models/llm/explain/claims.ts';
import { plainReason } from '../../models/llm/explain/drafts.ts';
import { Explainer, type Reason } from '../../models/llm/explain/explain.ts';
import type { ExplanationFacts } from '../../models/llm/explain/explanation-facts.ts';
import { factsKey, factsOf } from '../../models/llm/explain/facts.ts';
import { verdictOn } from '../../models/llm/explain/judged.ts';
import {
  afterVerdict,
  explanationByCode,
  explanationOf,
} from '../../models/llm/explain/records.ts';
import { contentHash } from '../../models/llm/hash.ts';
import { Lru } from '../../models/llm/lru.ts';
import { EXPLAIN_PROMPT } from '../../models/llm/roles/explainer.ts';
import { JUDGE_PROMPT } from '../../models/llm/roles/judge.ts';
import { isPinned } from '../../models/rules/chosen-part.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { type Explanation, explanations } from '../../schemas/topics/explanations.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { type Enricher, onAsync } from '../engine/enricher.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import type { TableReader } from '../engine/table.ts';
import { likedItems } from '../serve/decide.ts';
import { catalogueTable } from '../tables/catalogue.ts';
import { explanationsTable } from '../tables/explanations.ts';
import { forgottenTable } from '../tables/forgotten.ts';
import { usersTable } from '../tables/users.ts';
import { vectorsTable } from '../tables/vectors.ts';
import { AuditCounter, counted } from './audit-counter.ts';
import { Background } from './background.ts';
import { Judging, type JudgingOptions } from './judging.ts';
import { PendingWrites } from './pending-writes.ts';
import type { LlmEnricherDef, LlmIo, LlmPorts } from './ports.ts';
import { ScheduledModel } from './scheduled-model.ts';

export interface ExplainEnricherOptions {
  /**
   * Let the model write a sentence of its own; only a large model does this well.
   * @default false
   */
  readonly prose?: boolean;
  /**
   * Largest share of the model's time that goes into reasons, by the tier of the slate; others wait
   * for the model too.
   * @default 0.25 and 0.1
   */
  readonly share?: { readonly llm?: number; readonly fast?: number };
  /**
   * Show drafts to the judge if its model is another than the explainer's.
   * @default drafts are not judged
   */
  readonly judge?: JudgingOptions;
}

export function explainEnricher(
  { schedulers }: LlmPorts,
  options: ExplainEnricherOptions = {},
): LlmEnricherDef {
  return {
    name: 'explain',
    doc: 'Reasons for recommended items from the record and the history, checked claim by claim.',
    inputs: [impressions],
    prompt: false,
    outputs: [explanations, audit],
    // The scheduler follows the snapshots, for the adapters of its model.
    tables: [
      ...[catalogueTable, vectorsTable, usersTable],
      ...[explanationsTable, snapshotTable, forgottenTable],
    ],
    roles: options.judge ? ['explainer', 'judge'] : ['explainer'],
    create: (io) => new Explain({ ...io, schedulers }, options),
  };
}

type Tier = 'llm' | 'fast';

/** Outcomes of a draft that was shown to the judge. */
const verdicts = ['kept', 'replaced', 'swayed', 'unanswered'] as const;

/**
 * For each tier: priority of a reason, time within which the model must begin (ms), share of the
 * model's time for all reasons, and reasons asked for at a time.
 */
const wishes = {
  llm: { priority: -100_000, deadlineMs: 30_000, share: 0.25, most: 10 },
  fast: { priority: -10_000, deadlineMs: 10_000, share: 0.1, most: 1 },
} as const;

class Explain implements Enricher {
  /**
   * Counts of: reasons by the model, reasons known already, reasons by code for lack of time,
   * claims taken out, reasons not given; and drafts judged, replaced and left unanswered.
   */
  readonly counts = {
    ...{ explained: 0, cached: 0, plain: 0, removed: 0, shed: 0 },
    ...{ judged: 0, replaced: 0, unanswered: 0 },
  };
  readonly handlers = [onAsync(impressions, (impression) => this.onImpression(impression))];
  private readonly ports: LlmIo;
  private readonly background = new Background();
  private readonly options: ExplainEnricherOptions;
  private readonly auditCounter: AuditCounter;
  private readonly judging: Judging | undefined;
  private readonly alone = new Lru<number>(20_000);
  private readonly written: PendingWrites<Explanation>;
  private vocabulary: { readonly size: number; readonly groups: readonly string[] } | undefined;
  /**
   * For each tier, the reasons that the model is working on, and its time spent on reasons so far,
   * ms.
   */
  private readonly asked = { llm: { running: 0, ms: 0 }, fast: { running: 0, ms: 0 } };

  constructor(ports: LlmIo, options: ExplainEnricherOptions) {
    this.ports = ports;
    this.options = options;
    const kept = ports.tables.of(explanationsTable);
    this.written = new PendingWrites((hash) => kept.get(hash));
    this.auditCounter = new AuditCounter('explain', ports);
    this.judging = options.judge && Judging.of(ports.schedulers, 'explainer', options.judge);
  }

  /** Takes an impression and returns at once: reading the log never waits for the model. */
  private onImpression(impression: Impression): void {
    if (impression.servedBy !== 'served') return;
    // What a rule pinned was chosen by nobody: a reason by taste would be untrue.
    const chosen = impression.items.filter((item) => !isPinned(item));
    if (impression.tier === 'llm') {
      for (const { itemId } of chosen) this.start(impression, itemId, 'llm');
    } else if (this.hasTime('fast')) {
      const [first] = chosen;
      if (first) this.start(impression, first.itemId, 'fast');
    }
  }

  settled(): Promise<void> {
    return this.background.settled();
  }

  private hasTime(tier: Tier): boolean {
    const { busyMs } = this.ports.schedulers('explainer').queue.metrics;
    const share = this.options.share?.[tier] ?? wishes[tier].share;
    const { running, ms } = this.asked[tier];
    return running < wishes[tier].most && ms <= share * busyMs;
  }

  private start(impression: Impression, itemId: string, tier: Tier): void {
    const given = this.give(impression, itemId, tier).catch(() => {
      this.counts.shed++;
    });
    this.background.add(given);
  }

  /**
   * Gives a reason for an item. A slate of the language-model tier always gets one, by code if not
   * by the model.
   */
  private async give(impression: Impression, itemId: string, tier: Tier): Promise<void> {
    const { tables } = this.ports;
    const { impressionId, userId, at } = impression;
    const facts = factsFor(tables, userId, itemId);
    if (!facts) return;
    const scheduler = this.ports.schedulers('explainer');
    const prompt = `${EXPLAIN_PROMPT} ${this.options.prose ? 'prose' : 'chosen'}`;
    const hash = contentHash(scheduler.served, prompt, factsKey(facts));
    const judgedHash = this.judging && contentHash(this.judging.name, JUDGE_PROMPT, hash);
    const known = this.written.get(judgedHash ?? hash);
    const about = { impressionId, userId, at };
    if (known) {
      this.counts.cached++;
      await this.write([{ ...known, ...about }]);
      return;
    }
    // One that the judge did not answer about is not written again.
    const before = this.written.get(hash);
    const reason = !before && this.hasTime(tier) ? await this.ask(facts, tier) : undefined;
    const of = { hash, itemId, model: scheduler.name, ...about };
    const draft =
      reason === undefined
        ? before && { ...before, ...about }
        : explanationOf(reason, { ...of, latencyMs: reason.latencyMs, adapter: reason.adapter });
    if (!draft && tier !== 'llm') {
      this.counts.shed++;
      return;
    }
    const record = draft
      ? await this.judged(draft, facts, judgedHash)
      : explanationByCode(facts, { itemId, ...about });
    if (draft) this.written.add(record.hash, record);
    if (before) this.counts.cached++;
    else if (draft) this.counts.explained++;
    else this.counts.plain++;
    this.counts.removed += reason?.removed.length ?? 0;
    await this.write([record]);
    await this.auditCounter.note(at, {
      privacy: facts.masked,
      ...(reason && hallucinationsIn(reason)),
      ...(record.verdict !== 'none' && { judgement: counted(verdicts, { [record.verdict]: 1 }) }),
    });
  }

  /** Writes reasons, less those for users who were forgotten since their slates. */
  private async write(made: readonly Explanation[]): Promise<void> {
    const gone = this.ports.tables.of(forgottenTable);
    const kept = made.filter(({ userId, at }) => !gone.covers(userId, at));
    if (kept.length > 0) await this.ports.emit(explanations, kept);
  }

  /** The draft after the judge: unchanged if there is no judge or nothing to compare with. */
  private async judged(
    draft: Explanation,
    facts: ExplanationFacts,
    hash: string | undefined,
  ): Promise<Explanation> {
    const plain = plainReason(facts);
    if (!this.judging || hash === undefined || draft.text === plain.text) return draft;
    const said = await this.judging.ask((model) => verdictOn(draft.text, plain.text, facts, model));
    const record = afterVerdict(draft, said, plain, { judge: this.judging.name, hash });
    this.counts[said === undefined ? 'unanswered' : 'judged']++;
    if (record.model === 'facts') this.counts.replaced++;
    return record;
  }

  /** The model's reason; undefined if the model has no time. */
  private async ask(
    facts: ExplanationFacts,
    tier: Tier,
  ): Promise<(Reason & { latencyMs: number; adapter: number }) | undefined> {
    const own = this.asked[tier];
    const { prose = false } = this.options;
    // Every call is a job of its own, so that what presses more comes between them.
    const model = new ScheduledModel(this.ports.schedulers('explainer'), wishes[tier]);
    const explainer = new Explainer(model, { prose, alone: this.alone });
    own.running++;
    const reason = await explainer.explain(facts, this.groups()).catch(() => undefined);
    own.running--;
    own.ms += model.busyMs;
    return reason && { ...reason, latencyMs: model.busyMs, adapter: model.adapter };
  }

  /** Every group of the catalogue; collected anew when the catalogue has grown. */
  private groups(): readonly string[] {
    const catalogue = this.ports.tables.of(catalogueTable);
    if (this.vocabulary?.size !== catalogue.size) {
      const groups = new Set([...catalogue.ids()].flatMap((id) => catalogue.groupsOf(id)));
      this.vocabulary = { size: catalogue.size, groups: [...groups] };
    }
    return this.vocabulary.groups;
  }
}

/** Claims taken out of a reason that the model itself wrote; a reason by code has none. */
function hallucinationsIn({ removed, prose, tokens }: Reason) {
  if (tokens === 0) return {};
  const of = (kind: ClaimKind) => removed.filter((claim) => claim.kind === kind).length;
  const found = Object.fromEntries(claimKinds.map((kind) => [`false ${kind}`, of(kind)]));
  const replaced = prose === 'plain' ? 1 : 0;
  return { hallucination: { ...found, 'replaced by a plain sentence': replaced } };
}

function factsFor(
  tables: TableReader,
  userId: string,
  itemId: string,
): ExplanationFacts | undefined {
  const catalogue = tables.of(catalogueTable);
  const vectors = tables.of(vectorsTable).of('representer');
  const item = catalogue.get(itemId);
  if (!item) return undefined;
  const state = tables.of(usersTable).get(userId);
  const liked = (state ? likedItems(state) : []).flatMap((id) => catalogue.get(id) ?? []);
  return factsOf(item, liked, (one, other) => {
    const profile = vectors.has(other) ? vectors.profile([one]) : null;
    return vectors.similarity(profile, other);
  });
}
