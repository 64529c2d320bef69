// Roles whose model is asked at the decision itself: too slow for every choice of a log.
import type { KeptAnswers } from '../../infra/llama/kept-answers.ts';
import { ReasonPmi } from '../../models/llm/explain/reason-pmi.ts';
import { intentMatch } from '../../models/llm/intent-match.ts';
import { Pmi } from '../../models/llm/pmi.ts';
import { Reasoner } from '../../models/llm/reasoner/reasoner.ts';
import { situationOf } from '../../models/llm/reasoner/situation.ts';
import { vocabularyOf } from '../../models/llm/reasoner/vocabulary.ts';
import type { Films } from './catalogue.ts';
import type { Moment } from './moments.ts';

export interface AskedRole {
  readonly name: string;
  /** One value for each candidate, in the order of the moments. */
  readonly told: readonly (readonly number[])[];
  /** Time of the model for a choice, ms, and number of tokens it read or wrote. */
  readonly ms: number;
  readonly tokens: number;
}

/**
 * Asks every role about one choice, then about the next, until there were enough or it took too
 * long.
 */
export async function askRoles(
  model: KeptAnswers,
  films: Films,
  moments: readonly Moment[],
  mostMs: number,
  signal: AbortSignal,
): Promise<AskedRole[]> {
  const { spent } = model;
  const asked = Object.entries(rolesOf(model, films)).map(([name, role]) => {
    const told: (readonly number[])[] = [];
    return { name, role, told, ms: 0, tokens: 0 };
  });
  const until = performance.now() + mostMs;
  for (const moment of moments) {
    if (performance.now() > until) break;
    for (const one of asked) {
      signal.throwIfAborted();
      const before = { ...spent };
      one.told.push(await one.role(moment));
      one.ms += spent.ms - before.ms;
      one.tokens += spent.tokens - before.tokens;
    }
  }
  return asked.map(({ name, told, ms, tokens }) => ({
    name,
    told,
    ms: ms / told.length,
    tokens: tokens / told.length,
  }));
}

/** What each role's model says of the candidates when it is asked at the decision. */
function rolesOf(
  model: KeptAnswers,
  { films }: Films,
): Readonly<Record<string, (moment: Moment) => Promise<readonly number[]>>> {
  const pmi = new Pmi(model);
  const reasoner = new Reasoner(model, { samples: 0 });
  const reasons = new ReasonPmi(model);
  const vocabulary = vocabularyOf(films.values());
  const filmsOf = (ids: readonly string[]) => ids.flatMap((id) => films.get(id) ?? []);
  const titles = (ids: readonly string[]) => filmsOf(ids).map(({ title }) => title);
  return {
    'policy by PMI': ({ choice }) => pmi.pmi(titles(choice.history), titles(choice.candidates)),
    reasoner: async ({ choice, state }) => {
      const reading = await reasoner.read(
        situationOf(state, (id) => films.get(id)),
        vocabulary,
      );
      const { confidence, uncertainty } = reading;
      const [wanted, avoid] = [[...reading.wanted], [...reading.avoid]];
      const wish = { wanted, avoid, confidence, uncertainty: uncertainty.overall };
      return filmsOf(choice.candidates).map(({ groups }) => intentMatch(wish, groups) ?? 0);
    },
    explainer: ({ choice }) =>
      reasons.scores(filmsOf(choice.candidates), filmsOf(choice.history.slice(-20))),
  };
}
