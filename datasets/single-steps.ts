// Rows that are each an impression of one item, with the feedback of the same row.
import { loggedClick, loggedImpression } from '../schemas/logged-events.ts';
import type { Click } from '../schemas/topics/clicks.ts';
import type { LogStep } from './dataset.ts';
import type { LogRow } from './log-row.ts';
import { estimatedImpression, Popularity } from './logged.ts';
import { nextName, Sessions, sessionStep } from './sessions.ts';
import type { Stepper } from './stepper.ts';

export interface SingleOptions {
  /** Name of the data set; ids begin with it. */
  dataset: string;
  /** What the user did with the item; empty for nothing. */
  feedback: (row: LogRow) => readonly Pick<Click, 'kind' | 'positive' | 'value'>[];
  /**
   * Number of items that the shown one was drawn from, each as probable as the others; undefined where
   * the policy is unknown.
   * @default it is unknown
   */
  drawnFrom?: (row: LogRow) => number | undefined;
}

/** Memory: the sessions of half an hour, and a number a distinct item. */
export class SingleSteps implements Stepper {
  readonly #options: SingleOptions;
  readonly #sessions: Sessions;
  readonly #popularity = new Popularity();

  constructor(options: SingleOptions) {
    this.#options = options;
    this.#sessions = new Sessions(options.dataset);
  }

  push(row: LogRow, before: number, out: LogStep[]): void {
    const { userId, itemId, at } = row;
    const { session, isNew } = this.#sessions.touch(userId, at);
    if (isNew) out.push(sessionStep(session, at, before));
    const impressionId = nextName(session);
    out.push({ kind: 'impression', at, rows: 1, impression: this.#shown(row, impressionId) });
    for (const [n, answer] of this.#options.feedback(row).entries()) {
      const clickId = `${impressionId}-${n}`;
      const click = loggedClick({ clickId, impressionId, userId, itemId, at, ...answer });
      out.push({ kind: 'click', at, rows: 0, click });
    }
  }

  finish(): void {
    // Nothing is held back: a row is complete by itself.
  }

  #shown(row: LogRow, impressionId: string) {
    const { userId, itemId, at } = row;
    const pool = this.#options.drawnFrom?.(row);
    if (pool === undefined) {
      const slate = { impressionId, userId, at, itemIds: [itemId] };
      const impression = estimatedImpression(slate, this.#popularity);
      this.#popularity.add(itemId);
      return impression;
    }
    // What was drawn at random says nothing of what the unknown policy prefers.
    const propensity = 1 / pool;
    const score = Math.log(propensity);
    return loggedImpression(
      {
        ...{ impressionId, userId, at, candidateCount: pool },
        ...{ propensitySource: 'drawn', slateLogProb: score },
      },
      [{ itemId, score, propensity }],
    );
  }
}
