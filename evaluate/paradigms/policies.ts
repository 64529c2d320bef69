// The language model as a policy: what it ranks without training, and heads trained on other users.
import { type ChoiceFigures, figuresOf, meanRows } from '../../models/evaluation/choice-figures.ts';
import type { EvaluationRow } from '../../models/evaluation/evaluation.ts';
import {
  contextOf,
  drawnSlates,
  loggedSlate,
  type Space,
} from '../../models/evaluation/head-lessons.ts';
import { type Choice, choicesOf } from '../../models/evaluation/next-liked.ts';
import { type HeadAlgorithm, HeadTrainer } from '../../models/llm/head-trainer.ts';
import { Random, shuffled } from '../../models/random.ts';
import type { Judged } from '../protocol.ts';
import { CATALOGUE, type Films } from './catalogue.ts';

const HELD_USERS = 200;
/** Largest number of choices of a user. */
export const MOST = 10;
export const RANK = 48;

interface Lesson {
  readonly algorithm: HeadAlgorithm;
  /** What the head learns from: the user's choices, or slates it draws itself. */
  readonly from: 'log' | 'own';
  readonly epochs: number;
  readonly rate: number;
  readonly batch: number;
  /** Number of slates for one request. */
  readonly slates: number;
}

const K = 10;

/**
 * Lessons of each method. Steps and epochs were chosen on the held-out users of seed 1, those of
 * PPO and GRPO on seed 9.
 */
const lessons: Readonly<Record<string, Lesson>> = {
  'head, softmax gradient on the log': lesson('softmax', 'log', 3, 0.006),
  'head, PPO': { ...lesson('ppo', 'own', 6, 0.003), batch: 4, slates: 8 },
  'head, GRPO': { ...lesson('grpo', 'own', 8, 0.006), batch: 8, slates: 8 },
  'head, DPO': lesson('dpo', 'own', 3, 0.01),
};

function lesson(
  algorithm: HeadAlgorithm,
  from: Lesson['from'],
  epochs: number,
  rate: number,
): Lesson {
  return { algorithm, from, epochs, rate, batch: 16, slates: 1 };
}

export function policyRows(
  all: Films,
  space: Space,
  seeds: readonly number[],
  { signal, progress }: Pick<Judged, 'signal' | 'progress'>,
): { n: number; rows: EvaluationRow[] } {
  const figures = new Map<string, ChoiceFigures[]>();
  const add = (name: string, one: ChoiceFigures) =>
    figures.set(name, [...(figures.get(name) ?? []), one]);
  for (const seed of seeds) {
    const { held, train } = split(all, seed);
    progress(`seed ${seed}: ${train.length} choices to learn from, ${held.length} held out`);
    const random = new Random(seed + 2);
    add(
      'random',
      figuresOf(held, ({ candidates }) => candidates.map(() => random.next())),
    );
    add(
      'popularity',
      figuresOf(held, ({ candidates }) => candidates.map((id) => all.films.get(id)!.count)),
    );
    const cosine = fresh(space, lessons['head, DPO']!, seed);
    add(
      'cosine, zero-shot',
      figuresOf(held, (choice) => cosine.scores(contextOf(choice, space))),
    );
    for (const [name, lesson] of Object.entries(lessons)) {
      const trainer = fresh(space, lesson, seed);
      for (const _ of lessonsOf(trainer, lesson, train, space, seed)) {
        signal.throwIfAborted();
      }
      const one = figuresOf(held, (choice) => trainer.scores(contextOf(choice, space)));
      add(name, one);
      progress(`seed ${seed}: ${name}: NDCG@10 ${one['NDCG@10'].toFixed(4)}`);
    }
  }
  const rows = [...figures].flatMap(([name, bySeed]) =>
    meanRows(
      name,
      bySeed.map((one) => ({ ...one })),
    ),
  );
  return { n: figures.get('random')!.reduce((sum, one) => sum + one.n, 0), rows };
}

function split({ ratings }: Films, seed: number): { held: Choice[]; train: Choice[] } {
  const choices = choicesOf(ratings, { seed, catalogue: CATALOGUE, most: MOST });
  const users = shuffled([...choices.keys()], new Random(seed));
  const of = (some: readonly string[]) => some.flatMap((userId) => choices.get(userId)!);
  return { held: of(users.slice(0, HELD_USERS)), train: of(users.slice(HELD_USERS)) };
}

function fresh({ width }: Space, { algorithm, rate, batch }: Lesson, seed: number): HeadTrainer {
  return new HeadTrainer({ width, rank: RANK, columns: 0, algorithm, rate, batch, seed });
}

/** Teaches the head, and yields now and then so that other work goes on. */
function* lessonsOf(
  trainer: HeadTrainer,
  { from, epochs, slates }: Lesson,
  choices: readonly Choice[],
  space: Space,
  seed: number,
): Generator<void> {
  const random = new Random(seed + 4);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const choice of shuffled(choices, random)) {
      trainer.learn(
        from === 'log'
          ? [loggedSlate(choice, space)]
          : drawnSlates(trainer, choice, space, { k: K, n: slates }, random),
      );
    }
    yield;
  }
}
