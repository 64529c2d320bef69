// `explain`: a reason for what was recommended. Every item of a slate that the language model ranked
// gets one, in plain words of code where the model has no time; of other slates the first item, as far
// as a share of the model's time goes. The topic of the reasons is the cache, keyed by content.
import { type ClaimKind, claimKinds } from '../../models/llm/explain/claims.ts';
import { plainReason } from '../../models/llm/explain/drafts.ts';
import { EXPLAIN_PROMPT, Explainer, type Reason } from '../../models/llm/explain/explain.ts';
import { type Facts, factsKey, factsOf } from '../../models/llm/explain/facts.ts';
import { contentHash } from '../../models/llm/hash.ts';
import { Lru } from '../../models/llm/lru.ts';
import { audit } from '../../schemas/topics/audit.ts';
import { type Explanation, explanations } from '../../schemas/topics/explanations.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { likedItems } from '../serve/decide.ts';
import type { Tables } from '../tables/tables.ts';
import { AskedModel } from './asked-model.ts';
import type { Enricher, EnricherDef, EnricherPorts } from './enricher.ts';
import { Findings } from './findings.ts';

export interface ExplainEnricherOptions {
  /** Let the model write a sentence of its own; for one that is large enough to. @default false */
  readonly prose?: boolean;
  /** Most of the model's time that may go into reasons for slates of the fast tier. @default 0.1 */
  readonly share?: number;
}

export function explainEnricher(options: ExplainEnricherOptions = {}): EnricherDef {
  return {
    name: 'explain',
    doc: 'Reasons for recommended items from the record and the history, checked claim by claim.',
    inputs: [impressions],
    prompt: false,
    outputs: [explanations, audit],
    tables: ['catalogue', 'vectors', 'users', 'explanations'],
    create: (ports) => new Explain(ports, options),
  };
}

/** How soon the model must begin, ms, and how pressing it is, by tier. */
const wishes = {
  llm: { priority: -100_000, deadlineMs: 30_000 },
  fast: { priority: -10_000, deadlineMs: 10_000 },
} as const;

/** Reasons of the language-model tier that may wait; of more, code writes at once. */
const mostWaiting = 64;

class Explain implements Enricher {
  /**
   * Reasons by the model, those that were known, those by code for want of time, claims taken out, and
   * reasons not given.
   */
  readonly counts = { explained: 0, cached: 0, plain: 0, removed: 0, shed: 0 };
  private readonly ports: EnricherPorts;
  private readonly options: ExplainEnricherOptions;
  private readonly found: Findings;
  private readonly alone = new Lru<number>(20_000);
  private vocabulary: { readonly size: number; readonly groups: readonly string[] } | undefined;
  private waiting = 0;
  /** A reason for a slate of the fast tier is being made. */
  private spare = false;
  /** Time spent on those, ms. */
  private spareMs = 0;

  constructor(ports: EnricherPorts, options: ExplainEnricherOptions) {
    this.ports = ports;
    this.options = options;
    this.found = new Findings('explain', ports);
  }

  /** Returns at once: the log is never held up for the model. */
  onEvent(_topic: string, event: unknown): void {
    const impression = event as Impression;
    if (impression.origin !== 'served') return;
    if (impression.tier === 'llm') {
      for (const { itemId } of impression.items) this.start(impression, itemId, true);
    } else if (this.hasTime()) {
      const [first] = impression.items;
      if (first) this.start(impression, first.itemId, false);
    }
  }

  private hasTime(): boolean {
    const { busyMs } = this.ports.desks('explainer').queue.metrics;
    return !this.spare && this.spareMs <= (this.options.share ?? 0.1) * busyMs;
  }

  private start(impression: Impression, itemId: string, needed: boolean): void {
    this.give(impression, itemId, needed).catch(() => {
      this.counts.shed++;
    });
  }

  /** @param needed there must be a reason, by code if not by the model */
  private async give(impression: Impression, itemId: string, needed: boolean): Promise<void> {
    const { tables } = this.ports;
    const facts = factsFor(tables, impression.userId, itemId);
    if (!facts) return;
    const desk = this.ports.desks('explainer');
    const prompt = `${EXPLAIN_PROMPT} ${this.options.prose ? 'prose' : 'chosen'}`;
    const hash = contentHash(desk.name, prompt, factsKey(facts));
    const known = tables.explanations.get(hash);
    const { impressionId, userId, at } = impression;
    if (known) {
      this.counts.cached++;
      await this.ports.emit(explanations, [{ ...known, impressionId, userId, at }]);
      return;
    }
    const reason = await this.ask(facts, needed);
    if (!reason && !needed) {
      this.counts.shed++;
      return;
    }
    const said = { ...plainReason(facts), ...reason };
    const { text, citedItems, citedGroups, citedAttributes } = said;
    const record: Explanation = {
      // By code there is nothing to be remembered: the next time the model may have time.
      hash: reason ? hash : contentHash('facts', EXPLAIN_PROMPT, `${impressionId} ${itemId}`),
      impressionId,
      itemId,
      userId,
      at,
      model: reason ? desk.name : 'facts',
      text,
      citedItems: [...citedItems],
      citedGroups: [...citedGroups],
      citedAttributes: [...citedAttributes],
      score: reason?.score ?? null,
      removed: reason?.removed.length ?? 0,
      latencyMs: reason?.latencyMs ?? 0,
      tokens: reason?.tokens ?? 0,
    };
    if (reason) {
      this.counts.explained++;
      this.counts.removed += reason.removed.length;
      tables.explanations.put(record);
    } else this.counts.plain++;
    await this.ports.emit(explanations, [record]);
    await this.found.note(at, { privacy: facts.masked, ...(reason && hallucinationsIn(reason)) });
  }

  /** The model's reason; undefined where it has no time. */
  private async ask(
    facts: Facts,
    needed: boolean,
  ): Promise<(Reason & { latencyMs: number }) | undefined> {
    const desk = this.ports.desks('explainer');
    if (needed && this.waiting >= mostWaiting) return undefined;
    this.waiting++;
    if (!needed) this.spare = true;
    // Every call is a job of its own, so that what presses more comes between them.
    const model = new AskedModel(desk, needed ? wishes.llm : wishes.fast);
    const explainer = new Explainer(model, {
      prose: this.options.prose ?? false,
      alone: this.alone,
    });
    const reason = await explainer.explain(facts, this.groups()).catch(() => undefined);
    this.waiting--;
    if (!needed) {
      this.spare = false;
      this.spareMs += model.busyMs;
    }
    return reason && { ...reason, latencyMs: model.busyMs };
  }

  /** Every group of the catalogue, looked for anew when it has grown. */
  private groups(): readonly string[] {
    const { catalogue } = this.ports.tables;
    if (this.vocabulary?.size !== catalogue.size) {
      const groups = new Set([...catalogue.ids()].flatMap((id) => catalogue.groupsOf(id)));
      this.vocabulary = { size: catalogue.size, groups: [...groups] };
    }
    return this.vocabulary.groups;
  }
}

/** Only what the model wrote itself can be false. */
function hallucinationsIn({ removed, prose, tokens }: Reason) {
  if (tokens === 0) return {};
  const of = (kind: ClaimKind) => removed.filter((claim) => claim.kind === kind).length;
  const found = Object.fromEntries(claimKinds.map((kind) => [`false ${kind}`, of(kind)]));
  const replaced = prose === 'plain' ? 1 : 0;
  return { hallucination: { ...found, 'replaced by a plain sentence': replaced } };
}

function factsFor(tables: Tables, userId: string, itemId: string): Facts | undefined {
  const { catalogue, vectors, users } = tables;
  const item = catalogue.get(itemId);
  if (!item) return undefined;
  const state = users.get(userId);
  const liked = (state ? likedItems(state) : []).flatMap((id) => catalogue.get(id) ?? []);
  return factsOf(item, liked, (one, other) => {
    const profile = vectors.has(other) ? vectors.profile([one]) : null;
    return vectors.similarity(profile, other);
  });
}
