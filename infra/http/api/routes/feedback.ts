// `POST /v1/feedback`: clicks, purchases and other feedback on items of impressions.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Click, type clicks, feedbackKinds } from '../../../../schemas/topics/clicks.ts';
import { batchAnswer, batchOutcome, checkRows } from '../batch.ts';
import type { BorderCheck, Problem } from '../input.ts';
import type { FeedbackStatus, Ports } from '../ports.ts';
import { digestOf, Remembered } from '../remembered.ts';
import { type ApiRoute, route } from '../route.ts';
import { id, skipInvalid, time } from './fields.ts';

export const feedbackRow = z
  .strictObject({
    id: id
      .optional()
      .describe(
        'Key of the event: sent again it counts once. Default: of Idempotency-Key and the place in the batch, else a random one.',
      ),
    impressionId: id.describe('The impression whose item it is about.'),
    userId: id,
    itemId: id,
    at: time.describe('When it happened, ms since 1970. Default: now.'),
    kind: z.enum(feedbackKinds).default('click'),
    positive: z
      .boolean()
      .optional()
      .describe(
        'Whether it counts as a click in every metric. Default: true; a rating or a watch must say it.',
      ),
    value: z.number().optional().describe('Reward, in your unit. Default: 1 if positive, else 0.'),
  })
  .refine(
    ({ kind, positive }) => positive !== undefined || (kind !== 'rating' && kind !== 'watch'),
    {
      path: ['positive'],
      error: 'a rating or a watch must say whether it is positive',
    },
  );

type Row = z.infer<typeof feedbackRow>;

const body = z.strictObject({ events: z.array(feedbackRow).min(1), skipInvalid });
const loose = z.strictObject({ events: z.array(z.unknown()).min(1), skipInvalid });

const statuses: readonly FeedbackStatus[] = ['written', 'joined', 'duplicate', 'late', 'orphan'];

export interface FeedbackOptions {
  readonly ports: Pick<Ports, 'feedback'>;
  readonly border: BorderCheck<typeof clicks>;
  readonly now: () => number;
  /** Largest number of rows in a batch. */
  readonly batchRows: number;
}

export function feedbackRoute({ ports, border, now, batchRows }: FeedbackOptions): ApiRoute {
  const seen = new Remembered<true>();
  return route<z.infer<typeof loose>>({
    method: 'POST',
    url: '/v1/feedback',
    scope: 'write',
    summary: 'Feedback on impressions',
    description: `Takes up to ${batchRows} events. It answers once they are durable.`,
    body: loose,
    documented: body,
    keyed: 'Key of events without an id: the id is this key and the place in the batch.',
    answer: batchAnswer(
      statuses,
      '`written`: in the log, attributed afterwards; `joined`: attributed to its impression; `duplicate`: its id was sent before; `late`: the window of the impression had closed; `orphan`: no such impression, or the item is not in it. The last three are in `dead-letters`.',
    ),
    async handle({ body: { events, skipInvalid }, key, call }) {
      const at = now();
      const own = new Map<string, string>();
      const read = (given: Row, index: number): Read | Problem => {
        const click = clickOf(given, at, key === undefined ? randomUUID() : `${key}-${index}`);
        const problem = border(click);
        if (problem) return problem;
        const digest = digestOf(given);
        // What was handed on is remembered where it came in.
        const known = call.forwarded ? undefined : seen.get(click.clickId)?.digest;
        const before = known ?? own.get(click.clickId);
        own.set(click.clickId, digest);
        if (before !== undefined && before !== digest) return reused;
        return { click, digest, isRepeated: before !== undefined };
      };
      const limits = { most: batchRows, skipInvalid };
      const { taken, refused } = checkRows(events, () => feedbackRow, read, limits);
      const fresh = taken.filter(({ row: { isRepeated } }) => !isRepeated);
      const clicksOf = fresh.map(({ row: { click } }) => click);
      const outcomes = fresh.length === 0 ? [] : await ports.feedback(clicksOf, call);
      const statusAt = new Map(fresh.map(({ index }, i) => [index, outcomes[i]!]));
      for (const { click, digest } of call.forwarded ? [] : fresh.map((one) => one.row)) {
        seen.put(click.clickId, digest, true);
      }
      const rows = taken.map(({ index, row: { click } }) => ({
        ...{ index, id: click.clickId, status: statusAt.get(index) ?? ('duplicate' as const) },
      }));
      return batchOutcome(rows, refused);
    },
  });
}

interface Read {
  readonly click: Click;
  readonly digest: string;
  /** Whether the same event came before. */
  readonly isRepeated: boolean;
}

const reused: Problem = {
  code: 'key-reused',
  field: 'id',
  problem: 'an event with this id and other content came before',
};

function clickOf(given: Row, now: number, otherId: string): Click {
  const { id: clickId = otherId, impressionId, userId, itemId, kind, at = now } = given;
  const { positive = true } = given;
  const { value = positive ? 1 : 0 } = given;
  return {
    ...{ clickId, impressionId, userId, itemId, at, kind, positive, value },
    ...{ source: 'logged', confidence: 1, similarity: null },
  };
}
