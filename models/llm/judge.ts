// A language model as judge of explanations: Zheng et al. 2023, "Judging LLM-as-a-Judge with MT-Bench
// and Chatbot Arena". Two texts are compared in both orders, by the likelihood of the answer; a
// preference counts only where both orders agree (section 3.4: conservative swapping). How far the
// answer follows the position instead of the text is measured along with it.
import { softmax } from '../softmax.ts';
import type { LanguageModel } from './port.ts';
import { comparePrompt, ratePrompt } from './roles/judge.ts';

/** The case that is judged, as far as the judge is told it: lines of facts. */
export type Case = readonly string[];

export interface Preference {
  /** P(the text in the first place is preferred), in the given order and with the texts swapped. */
  readonly first: readonly [given: number, swapped: number];
  /** Index of the text that both orders prefer; null if they do not agree. */
  readonly prefers: 0 | 1 | null;
}

export interface PositionBias {
  /** Mean P(first place is preferred) minus a half: 0 for a judge that ignores the place. */
  readonly bias: number;
  /** Share of pairs in which both orders preferred the same place, and so different texts. */
  readonly swayed: number;
}

const aspects = {
  helpful: 'How helpful is the explanation for deciding',
  true: 'How well do the facts bear out the explanation',
  clear: 'How clear is the explanation',
} as const;

export type Aspect = keyof typeof aspects;
export const aspectNames = Object.keys(aspects) as Aspect[];

const MARKS = [1, 2, 3, 4, 5] as const;

export class Judge {
  readonly #model: Pick<LanguageModel, 'score'>;

  constructor(model: Pick<LanguageModel, 'score'>) {
    this.#model = model;
  }

  async prefer(facts: Case, texts: readonly [string, string]): Promise<Preference> {
    const [a, b] = texts;
    const given = await this.#pFirst(facts, a, b);
    const swapped = await this.#pFirst(facts, b, a);
    const prefers = given > 0.5 && swapped < 0.5 ? 0 : given < 0.5 && swapped > 0.5 ? 1 : null;
    return { first: [given, swapped], prefers };
  }

  /**
   * Mark of a text from 1 to 5: the marks weighted by their likelihood (G-Eval, Liu et al. 2023,
   * equation 1).
   */
  async rate(facts: Case, text: string, aspect: Aspect): Promise<number> {
    const prompt = ratePrompt(facts, text, aspects[aspect]);
    const ps = softmax(
      await this.#model.score(
        prompt,
        MARKS.map((mark) => ` ${mark}`),
      ),
    );
    return MARKS.reduce((sum, mark, i) => sum + mark * ps[i]!, 0);
  }

  async #pFirst(facts: Case, one: string, two: string): Promise<number> {
    const prompt = comparePrompt(facts, one, two);
    return softmax(await this.#model.score(prompt, [' 1', ' 2']))[0]!;
  }
}

/** Figures on the judge's leaning to a place; NaN without pairs. */
export function positionBias(preferences: readonly Preference[]): PositionBias {
  const firsts = preferences.flatMap(({ first }) => first);
  const mean = firsts.reduce((sum, p) => sum + p, 0) / firsts.length;
  const swayed = preferences.filter(({ first: [given, swapped] }) => given > 0.5 === swapped > 0.5);
  return { bias: mean - 0.5, swayed: swayed.length / preferences.length };
}
