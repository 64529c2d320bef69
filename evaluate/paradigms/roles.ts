// The fast tier alone, and with each role of the language model added, on held-out time.
import { join } from 'node:path';
import { ensureModel } from '../../infra/embedded/model.ts';
import { KeptAnswers } from '../../infra/llama/kept-answers.ts';
import { TokenCount } from '../../infra/llama/token-count.ts';
import { addedScores } from '../../models/evaluation/added.ts';
import { type ChoiceFigures, figuresOf, meanRows } from '../../models/evaluation/choice-figures.ts';
import type { EvaluationRow } from '../../models/evaluation/evaluation.ts';
import { itemPrompt } from '../../models/llm/roles/representer.ts';
import { Random, shuffled } from '../../models/random.ts';
import type { Judged } from '../protocol.ts';
import { askRoles } from './asked.ts';
import { type Films, openRole, type Represented } from './catalogue.ts';
import { momentsOf } from './moments.ts';
import { FAST, PLAIN, rankInTime } from './stream.ts';

/** Share of the choices that is held out, the last in time. */
const HELD = 0.3;
/**
 * Number of held-out choices of a seed that the model itself is asked about, and the longest time
 * for them, ms.
 */
const ASKED = 20;
const ASK_MS = 60_000;
/** Weight of what the model says, beside the fast tier's scores; so few choices train no weight. */
const WEIGHT = 0.5;

interface Cost {
  /** Time added to a decision, ms. */
  readonly 'added ms': number;
  /** Number of tokens that the language model reads or writes for a decision. */
  readonly tokens: number;
}

export async function roleRows(
  all: Films,
  space: Represented,
  seeds: readonly number[],
  { config, limit, signal, progress }: Judged,
): Promise<EvaluationRow[]> {
  const figures = new Map<string, (ChoiceFigures & Cost)[]>();
  const file = config.llm.model ?? (await ensureModel(config.partsDir, progress));
  await using count = await TokenCount.open(file);
  await using model = await openRole(config, 'policy', progress);
  const answers = await KeptAnswers.open(join(config.partsDir, 'vectors'), model, (text) =>
    count.of(text),
  );
  const itemTokens = [...all.films.values()].reduce(
    (sum, { text }) => sum + count.of(itemPrompt(text)),
    0,
  );
  for (const seed of seeds) {
    const add = (name: string, one: ChoiceFigures, addedMs: number, tokens: number) => {
      const cost = { 'added ms': addedMs, tokens };
      figures.set(name, [...(figures.get(name) ?? []), { ...one, ...cost }]);
      const values = [one['NDCG@10'], one.AUC, one.reward].map((value) => value.toFixed(4));
      progress(`seed ${seed}: ${name}: NDCG@10, AUC, reward ${values.join(', ')}, n = ${one.n}`);
    };
    const moments = momentsOf(all, seed);
    const from = Math.floor((1 - HELD) * moments.length);
    const held = moments.slice(from);
    const choices = held.map(({ choice }) => choice);
    const ranked = rankInTime(moments, from, all, space, seed, signal);
    for (const [name, { scores, addedMs }] of ranked) {
      // A film's vector is made once, whoever is asked about it.
      const tokens = PLAIN.has(name) ? 0 : itemTokens / moments.length;
      add(
        name,
        figuresOf(choices, (_, i) => scores[i]!),
        addedMs,
        tokens,
      );
    }
    progress(`seed ${seed}: ${from} choices learned before, ${held.length} held out`);

    const some = shuffled([...held.keys()], new Random(seed)).slice(0, limit ?? ASKED);
    const mostMs = limit === undefined ? ASK_MS : Number.POSITIVE_INFINITY;
    const roles = await askRoles(
      answers,
      all,
      some.map((i) => held[i]!),
      mostMs,
      signal,
    );
    const asked = some.slice(0, roles[0]?.told.length).map((i) => ({
      choice: choices[i]!,
      fast: ranked.get(FAST)!.scores[i]!,
    }));
    if (asked.length === 0) continue;
    const figuresOfAsked = (scores: (index: number) => Float64Array) =>
      figuresOf(
        asked.map(({ choice }) => choice),
        (_, i) => scores(i),
      );
    add(
      `${FAST}, asked`,
      figuresOfAsked((i) => asked[i]!.fast),
      0,
      0,
    );
    for (const { name, told, ms, tokens } of roles) {
      const scores = (i: number) => addedScores(asked[i]!.fast, told[i]!, WEIGHT);
      add(`${FAST}, asked + ${name}`, figuresOfAsked(scores), ms, tokens);
    }
  }
  return [...figures].flatMap(([name, bySeed]) =>
    meanRows(
      name,
      bySeed.map((one) => ({ ...one })),
    ),
  );
}
