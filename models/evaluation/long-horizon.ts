// Episodes in which nothing is shown twice, against a matrix of what each user gives each item.
import { type EvaluationRow, meanRow } from './evaluation.ts';

/** Who chooses in an episode. */
export interface Chooser {
  /** What each item promises now; the best that was not shown yet is shown. Ties: the smaller number. */
  scores(): ArrayLike<number>;
  /** Told after each step. */
  learn(item: number, reward: number): void;
}

/** Sum of rewards of one episode. @param given what the user gives each item */
export function episode(given: ArrayLike<number>, chooser: Chooser, steps: number): number {
  const shown = new Set<number>();
  let sum = 0;
  for (let step = 0; step < Math.min(steps, given.length); step++) {
    const scores = chooser.scores();
    let best = -1;
    for (let item = 0; item < given.length; item++) {
      if (!shown.has(item) && (best < 0 || scores[item]! > scores[best]!)) best = item;
    }
    shown.add(best);
    sum += given[best]!;
    chooser.learn(best, given[best]!);
  }
  return sum;
}

/** The mean sum of rewards over the users, with its standard error. */
export function horizonRows(
  model: string,
  given: readonly ArrayLike<number>[],
  chooserOf: (user: number) => Chooser,
  steps: number,
): EvaluationRow[] {
  const sums = given.map((own, user) => episode(own, chooserOf(user), steps));
  return [meanRow(model, 'reward', sums)];
}

/** A chooser by scores that nothing changes. */
export const fixedChooser = (scores: ArrayLike<number>): Chooser => ({
  scores: () => scores,
  learn: () => {},
});

/** The mean over users of the most that an episode could earn. */
export function bestPossible(given: readonly ArrayLike<number>[], steps: number): EvaluationRow {
  const best = given.map((own) =>
    Array.from(own)
      .sort((a, b) => b - a)
      .slice(0, steps)
      .reduce((sum, one) => sum + one, 0),
  );
  return meanRow('best possible, in hindsight', 'reward', best);
}
