// Leads a dialogue: reads what is said, and recommends what was not named, asks one question where that is
// worth a turn, or says why. The same words give the same dialogue.
import { softmax } from '../softmax.ts';
import { type Option, questionOf } from './question.ts';
import type { Knowledge } from './ranker/knowledge.ts';
import type { DialogueRanker } from './ranker/ranker.ts';
import type { Lexicon } from './reading/lexicon.ts';
import { readTurn, type TurnReading } from './reading/reading.ts';
import {
  type Act,
  askText,
  closeText,
  explainText,
  recommendText,
  type SaidItem,
} from './reply.ts';
import { type DialogueWishes, noWishes, wishesAfter } from './wishes.ts';

export interface ManagerOptions {
  /** Items in a recommendation. @default 3 */
  readonly k?: number;
  /** Questions in a dialogue at most. @default 2 */
  readonly questions?: number;
  /** Title of an item. @default its id */
  readonly titleOf?: (itemId: string) => string;
}

export interface DialogueReply {
  readonly act: Act;
  readonly text: string;
  /** Ids of the items recommended, or explained. */
  readonly items: readonly string[];
  /** Groups asked about. */
  readonly groups: readonly string[];
  readonly reading: TurnReading;
  readonly wishes: DialogueWishes;
}

/** Candidates that a question looks at: the most probable ones. */
const LOOKED_AT = 400;
/** Likelihood of an item that lacks a wanted group, beside one that has it. */
const MISFIT = 0.05;

export class DialogueManager {
  readonly #ranker: DialogueRanker;
  readonly #lexicon: Lexicon;
  readonly #options: Required<ManagerOptions>;
  readonly #texts: string[] = [];
  readonly #entities: string[] = [];
  readonly #shown: string[] = [];
  #latest: SaidItem[] = [];
  #latestIds: string[] = [];
  #asked: string[] = [];
  #questions = 0;
  #wishes = noWishes;

  constructor(ranker: DialogueRanker, lexicon: Lexicon, options: ManagerOptions = {}) {
    this.#ranker = ranker;
    this.#lexicon = lexicon;
    this.#options = { k: 3, questions: 2, titleOf: (itemId) => itemId, ...options };
  }

  /** Answers what the user says. */
  answer(text: string): DialogueReply {
    const read = this.#withAnswer(readTurn(text, this.#lexicon));
    this.#wishes = wishesAfter(this.#wishes, read);
    this.#texts.push(text);
    this.#entities.push(
      ...read.wanted.map(entityOf),
      ...read.named,
      ...read.liked,
      ...read.disliked,
    );
    const reply = this.#decide(read);
    this.#texts.push(reply.text);
    return { ...reply, reading: read, wishes: this.#wishes };
  }

  /** Yes or no to the question before is a wish. */
  #withAnswer(read: TurnReading): TurnReading {
    const asked = this.#asked;
    this.#asked = [];
    if (asked.length !== 1 || read.answer === null) return read;
    if (read.wanted.length + read.avoid.length > 0) return read;
    return read.answer ? { ...read, wanted: asked } : { ...read, avoid: asked };
  }

  #decide(read: TurnReading): Pick<DialogueReply, 'act' | 'text' | 'items' | 'groups'> {
    if (read.asks === 'nothing') return { act: 'close', text: closeText, items: [], groups: [] };
    if (read.asks === 'why') {
      return {
        act: 'explain',
        text: explainText(this.#latest),
        items: this.#latestIds,
        groups: [],
      };
    }
    const candidates = this.#candidates();
    const question =
      this.#questions < this.#options.questions && !read.open ? this.#question(candidates) : null;
    if (question) {
      this.#questions += 1;
      this.#asked = [...question];
      return { act: 'ask', text: askText(question), items: [], groups: question };
    }
    const chosen = candidates.items.slice(0, this.#options.k);
    this.#latest = chosen.map((item) => this.#said(item));
    this.#latestIds = chosen.map((item) => this.#knowledge.items.name(item));
    this.#shown.push(...this.#latestIds);
    this.#entities.push(...this.#latestIds);
    const text = recommendText(this.#latest, this.#wishes.avoid);
    return { act: 'recommend', text, items: this.#latestIds, groups: [] };
  }

  get #knowledge(): Knowledge {
    return this.#ranker.knowledge;
  }

  /** What may be recommended, the most probable first: nothing named, shown before, or of a refused group. */
  #candidates(): { items: number[]; p: number[] } {
    const { items, groupsOf, groups } = this.#knowledge;
    const scores = this.#ranker.scores({ texts: this.#texts, entities: this.#entities });
    const { avoid, wanted, named } = this.#wishes;
    const out = new Set([...named, ...this.#shown].map((itemId) => items.find(itemId)));
    const refused = new Set(avoid.map((group) => groups.find(group)));
    const wishes = wanted.map((group) => groups.find(group)).filter((group) => group >= 0);
    const open: number[] = [];
    for (let item = 0; item < scores.length; item++) {
      if (out.has(item) || groupsOf[item]!.some((group) => refused.has(group))) continue;
      // What cannot be held against a refusal is not risked.
      if (refused.size > 0 && groupsOf[item]!.length === 0) continue;
      const fits = wishes.filter((group) => groupsOf[item]!.includes(group)).length;
      scores[item]! += (wishes.length - fits) * Math.log(MISFIT);
      open.push(item);
    }
    open.sort((a, b) => scores[b]! - scores[a]! || a - b);
    const best = open.slice(0, LOOKED_AT);
    return { items: best, p: softmax(best.map((item) => scores[item]!)) };
  }

  /** Groups to ask about, if that is worth a turn. */
  #question({ items, p }: { items: number[]; p: number[] }): readonly string[] | null {
    const { groups, groupsOf } = this.#knowledge;
    const { wanted, avoid } = this.#wishes;
    const known = new Set([...wanted, ...avoid]);
    const options: Option[] = groups.names
      .map((group, index) => ({
        group,
        has: (candidate: number) => groupsOf[items[candidate]!]!.includes(index),
      }))
      .filter(({ group }) => !known.has(group));
    const question = questionOf(p, options, { k: this.#options.k });
    return question?.groups ?? null;
  }

  #said(item: number): SaidItem {
    const { items, groups, groupsOf } = this.#knowledge;
    const liked = this.#wishes.named.filter((itemId) => !this.#wishes.disliked.includes(itemId));
    const wanted = new Set(this.#wishes.wanted);
    let best = { name: '', similarity: 0 };
    for (const itemId of liked) {
      const index = items.find(itemId);
      if (index < 0) continue;
      for (const [other, similarity] of this.#knowledge.near(index)) {
        if (other === item && similarity > best.similarity) best = { name: itemId, similarity };
      }
    }
    return {
      title: this.#options.titleOf(items.name(item)),
      shared: groupsOf[item]!.map((group) => groups.name(group)).filter((group) =>
        wanted.has(group),
      ),
      near: best.name === '' ? '' : this.#options.titleOf(best.name),
    };
  }
}

/** The entity of a group, as dialogues name it. */
const entityOf = (group: string) => group.toLowerCase();
