// Requests at an even rate, whether or not earlier ones have been answered; each is sent again by its key
// until its answer is in the log.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../models/random.ts';

export interface LoadOptions {
  /** Addresses that are asked in turn. */
  readonly urls: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  readonly users: number;
  /** Items that a request names. */
  readonly candidates: number;
  /** Number of items to draw them from. */
  readonly catalogue: number;
  /** Begins every key. */
  readonly name: string;
  readonly signal: AbortSignal;
}

export interface Outcome {
  /** Time from when each request was due to its answer in the log, ms. */
  readonly tookMs: number[];
  /** Keys of the requests that were answered. */
  readonly answered: Map<string, string>;
  /** Number of answers by the fallback, which were asked for again. */
  readonly fallbacks: number;
  /** Number of tries that failed, and were made again. */
  readonly failures: number;
  /** Requests that were not answered in the time for the tail. */
  readonly unanswered: number;
  readonly perSecond: number;
}

/** Time for one try, ms. */
const deadlineMs = 5_000;
/** Time for all tries of a request, ms. */
const longestMs = 30_000;

interface Body {
  readonly impressionId: string;
  /** Absent from the bare route, which logs nothing. */
  readonly logged?: boolean;
}

export async function load(options: LoadOptions): Promise<Outcome> {
  const { urls, perSecond, seconds, name, signal } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const random = new Random(7);
  const tookMs: number[] = [];
  const answered = new Map<string, string>();
  let [fallbacks, failures, unanswered] = [0, 0, 0];
  const ask = async (key: string, body: string, turn: number, dueAt: number) => {
    for (let tries = 0; performance.now() - dueAt < longestMs && !signal.aborted; tries++) {
      const url = urls[(turn + tries) % urls.length]!;
      try {
        const { impressionId, logged } = await post(agent, url, key, body);
        if (logged !== false) {
          tookMs.push(performance.now() - dueAt);
          answered.set(key, impressionId);
          return;
        }
        fallbacks++;
      } catch {
        failures++;
      }
      await sleep(50);
    }
    unanswered++;
  };
  const asking: Promise<void>[] = [];
  const began = performance.now();
  const count = Math.round(perSecond * seconds);
  for (let i = 0; i < count && !signal.aborted; i++) {
    const dueAt = began + (i * 1_000) / perSecond;
    const early = dueAt - performance.now();
    if (early > 0) await sleep(early);
    asking.push(ask(`${name}-${i}`, bodyOf(options, random), i, dueAt));
  }
  await Promise.all(asking);
  agent.destroy();
  const took = (performance.now() - began) / 1_000;
  return { tookMs, answered, fallbacks, failures, unanswered, perSecond: answered.size / took };
}

function bodyOf({ users, candidates, catalogue }: LoadOptions, random: Random): string {
  const from = random.below(catalogue);
  return JSON.stringify({
    userId: `user-${random.below(users)}`,
    k: 10,
    candidates: Array.from({ length: candidates }, (_, i) => `item-${(from + i) % catalogue}`),
  });
}

function post(agent: Agent, url: string, key: string, body: string): Promise<Body> {
  const { promise, resolve, reject } = Promise.withResolvers<Body>();
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'idempotency-key': key,
    'x-deadline-ms': String(deadlineMs),
  };
  const sent = request(
    `${url}/v1/recommend`,
    { agent, method: 'POST', headers, timeout: 2 * deadlineMs },
    (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode === 200) resolve(JSON.parse(text) as Body);
        else reject(new Error(`${answer.statusCode} ${text}`));
      });
    },
  );
  sent.on('timeout', () => sent.destroy(new Error('no answer')));
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
