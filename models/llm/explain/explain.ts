// A reason for an item: facts first, prose around them.
//
// Code finds what may be said (facts.ts) and the sentences that say it (drafts.ts). The model chooses
// among them: the one after which the item's title is likeliest. Then it may write on; what it writes is
// checked (claims.ts), and done once more where nothing of it could stay. The chosen sentence stands in
// any case, so a reason is never empty and never false by a claim that can be checked.
import type { Lru } from '../lru.ts';
import type { LanguageModel } from '../port.ts';
import { BEGUN, explainPrompt } from '../roles/explainer.ts';
import { type Claim, checkClaims } from './claims.ts';
import { type Cited, type Draft, draftsOf } from './drafts.ts';
import type { ExplanationFacts } from './explanation-facts.ts';
import { ReasonPmi } from './reason-pmi.ts';

export interface ExplainOptions {
  /** Name of what the catalogue holds. @default 'movie' */
  readonly noun?: string;
  /** Whether the model writes a sentence of its own after the chosen one. @default true */
  readonly prose?: boolean;
  /** Seed of the second try; the first takes the likeliest tokens. @default 0 */
  readonly seed?: number;
  /** Memory of log p(title). @default a memory of its own */
  readonly alone?: Lru<number>;
}

export interface Reason extends Cited {
  readonly text: string;
  /** PMI of the item's title given the reason, nats. */
  readonly score: number;
  /** PMI of the item's title given the chosen sentence alone, nats. */
  readonly chosenScore: number;
  /** False claims that were taken out. */
  readonly removed: readonly Claim[];
  /** Try that the prose came from; `plain` if no prose could stay or none was wanted. */
  readonly prose: 'first' | 'second' | 'plain';
  /** Number of tokens generated. */
  readonly tokens: number;
}

/** Largest number of tokens in the model's own words. */
const MOST_TOKENS = 40;

type ExplainerModel = Pick<LanguageModel, 'name' | 'score' | 'generate'>;

export class Explainer {
  readonly #model: ExplainerModel;
  readonly #options: ExplainOptions;
  readonly #pmi: ReasonPmi;

  constructor(model: ExplainerModel, options: ExplainOptions = {}) {
    this.#model = model;
    this.#options = options;
    const { noun, alone } = options;
    this.#pmi = new ReasonPmi(model, { ...(noun && { noun }), ...(alone && { alone }) });
  }

  /** @param vocabulary every group of the catalogue: see `checkClaims` */
  async explain(facts: ExplanationFacts, vocabulary: readonly string[] = []): Promise<Reason> {
    const { noun = 'movie', prose = true } = this.#options;
    const { draft, score } = await this.#choose(facts, draftsOf(facts, noun));
    const none = {
      ...draft,
      score,
      chosenScore: score,
      removed: [],
      prose: 'plain' as const,
      tokens: 0,
    };
    return prose ? this.#write(facts, draft, none, vocabulary) : none;
  }

  async #choose(
    facts: ExplanationFacts,
    drafts: readonly Draft[],
  ): Promise<{ draft: Draft; score: number }> {
    let best: { draft: Draft; score: number } | undefined;
    for (const draft of drafts) {
      const score = await this.#pmi.pmi(draft.text, facts);
      if (best === undefined || score > best.score) best = { draft, score };
    }
    return best!;
  }

  async #write(
    facts: ExplanationFacts,
    draft: Draft,
    plain: Reason,
    vocabulary: readonly string[],
  ): Promise<Reason> {
    const { noun = 'movie', seed = 0 } = this.#options;
    const removed: Claim[] = [];
    let tokens = 0;
    for (const attempt of ['first', 'second'] as const) {
      const written = await this.#model.generate(explainPrompt(facts, draft, noun), {
        maxTokens: MOST_TOKENS,
        stop: ['\n'],
        ...(attempt === 'first' ? {} : { temperature: 0.7, topP: 0.9, seed: seed + 1 }),
      });
      tokens += written.tokens.length;
      const words = `${BEGUN}${written.text}`;
      const whole = written.ended ? words : toLastStop(words);
      const checked = checkClaims(whole, facts, vocabulary);
      removed.push(...checked.removed);
      if (checked.text === '' || draft.text.includes(checked.text)) continue;
      const text = `${draft.text} ${checked.text}`;
      return {
        text,
        citedItems: union(draft.citedItems, checked.citedItems),
        citedGroups: union(draft.citedGroups, checked.citedGroups),
        citedAttributes: union(draft.citedAttributes, checked.citedAttributes),
        score: await this.#pmi.pmi(text, facts),
        chosenScore: plain.score,
        removed,
        prose: attempt,
        tokens,
      };
    }
    return { ...plain, removed, tokens };
  }
}

function toLastStop(text: string): string {
  return text.slice(0, Math.max(text.lastIndexOf('.'), text.lastIndexOf('!')) + 1);
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}
