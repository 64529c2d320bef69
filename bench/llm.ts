// `npm run bench:llm`: the port beside llama.cpp's own rate in the same process; the slate beside the naive
// way of one prompt a candidate; decisions a second by tier; what swaps of an adapter cost under load.
//
// Both sides take turns in every round, so that what else the machine does falls on both; figures are
// medians over the rounds, ratios medians of the rounds' ratios. Times are of the processor, where there is
// one thread and no GPU, so that they hold on a machine that others use, too; else of the clock.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { readConfig } from '../app/config/read.ts';
import { movielensSample } from '../app/sample.ts';
import { movielens } from '../datasets/movielens.ts';
import { ensureModel } from '../infra/embedded/model.ts';
import { writeAdapter } from '../infra/llama/gguf/adapter.ts';
import { readGguf } from '../infra/llama/gguf/read.ts';
import { OUTPUT, untied } from '../infra/llama/gguf/untied.ts';
import { openLlama } from '../infra/llama/open.ts';
import { loadLearner } from '../models/bandit/millrace/learner.ts';
import { Pmi } from '../models/llm/pmi.ts';
import type { AdaptableModel } from '../models/llm/port.ts';
import { continuation, historyPrompt } from '../models/llm/roles/policy.ts';
import { Random, shuffled } from '../models/random.ts';
import { newUser } from '../models/user/track.ts';
import { type Decider, decide, safeVariants } from '../streams/serve/decide.ts';
import { CANDIDATES, opening, SLATE, worldOf } from './learn/stream.ts';
import { openEngine } from './llm/engine.ts';
import { say } from './support/broker.ts';
import { readOptions, wholeNumber } from './support/options.ts';
import { ownCpuSeconds } from './support/proc.ts';
import { median } from './support/statistics.ts';

const given = readOptions(
  new Command('bench:llm')
    .description("The language model's port: rates beside the engine's own, slates, swaps.")
    .option('--rounds <n>', 'in which both sides take turns', '7')
    .option('--threads <n>', 'of an evaluation', '1')
    .option('--gpu', 'use a GPU when there is one')
    .option('--swaps <n>', 'of the adapter under load', '40')
    .option('--only <part>', 'rates, slates, decisions or swaps', 'all')
    .option('--seed <n>', 'of histories and candidates', '1')
    .option('--json', 'one line on stdout'),
  z.object({
    rounds: wholeNumber,
    threads: wholeNumber,
    gpu: z.boolean().default(false),
    swaps: wholeNumber,
    only: z.enum(['all', 'rates', 'slates', 'decisions', 'swaps']),
    seed: wholeNumber,
    json: z.boolean().default(false),
  }),
);

const CONTEXT = 1024;
const DECODED = 24;
const SHOWN = 20;
const HISTORY = 8;

const config = readConfig(process.env, {});
const tied = config.llm.model ?? (await ensureModel(config.partsDir, say));
const scratch = await mkdtemp(join(tmpdir(), 'millrace-bench-llm-'));
const random = new Random(given.seed);
const titles: string[] = [];
for await (const { title } of movielens.items(movielensSample)) titles.push(title);
const some = (count: number) => shuffled(titles, random).slice(0, count);

try {
  const path = await untied(tied, join(scratch, 'untied'));
  const options = { gpu: given.gpu ? ('auto' as const) : (false as const), threads: given.threads };
  await using engine = await openEngine(path, { ...options, contextTokens: CONTEXT });
  await using port = await openLlama({ model: path, ...options, contextTokens: CONTEXT });
  const tokensIn = (text: string) => engine.model.tokenize(text, false).length;
  const part = async <T>(name: typeof given.only, measure: () => Promise<T> | T) => {
    if (given.only !== 'all' && given.only !== name) return undefined;
    const figures = rounded(await measure());
    say(`${name}: ${JSON.stringify(figures)}`);
    return figures;
  };
  const result = {
    model: port.name,
    threads: given.threads,
    rounds: given.rounds,
    rates: await part('rates', () => ratesOf(engine, port, tokensIn)),
    slate: await part('slates', () => slatesOf(engine, port)),
    fastDecisionsPerSecond: await part('decisions', fastDecisions),
    swaps: await part('swaps', () => swapsOf(port, path)),
  };
  process.stdout.write(given.json ? `${JSON.stringify(result)}\n` : text(result));
} finally {
  await rm(scratch, { recursive: true, force: true });
}

type Tokens = (text: string) => number;
type Engine = Awaited<ReturnType<typeof openEngine>>;

/** Rates of engine and port; every round has a text of its own, so that none is remembered. */
async function ratesOf(engine: Engine, port: AdaptableModel, tokensIn: Tokens) {
  const [prefill, decode] = [paired(), paired()];
  for (let round = -1; round < given.rounds; round++) {
    const long = `${round} ${some(16).join(', ')}`;
    const count = tokensIn(long);
    const theirPrefill = await timed(() => engine.prefill(long));
    const ours = await timed(() => port.score(long, []));
    const prompt = `${round} ${some(4).join(', ')}`;
    const theirFirst = await timed(() => engine.decode(prompt, 1));
    const theirs = await timed(() => engine.decode(prompt, DECODED + 1));
    const first = await timed(() => port.generate(prompt, { maxTokens: 1 }));
    const whole = await timed(() => port.generate(prompt, { maxTokens: DECODED + 1 }));
    if (round < 0) continue; // warms up
    prefill.add((1000 * count) / ours, (1000 * count) / theirPrefill);
    decode.add((1000 * DECODED) / (whole - first), (1000 * DECODED) / (theirs - theirFirst));
  }
  return { prefillTokensPerSecond: prefill.figures(), decodeTokensPerSecond: decode.figures() };
}

/** Slates of ten from twenty candidates, for users asked about for the first time, and again. */
async function slatesOf(engine: Engine, port: AdaptableModel) {
  const [naive, shared, again]: number[][] = [[], [], []];
  const pmi = new Pmi(port);
  for (let round = -1; round < given.rounds; round++) {
    const history = some(HISTORY);
    const candidates = some(SHOWN);
    const prompt = historyPrompt(history);
    // Likelihoods of titles by themselves are remembered by the title, as they are in service.
    await pmi.pmi([titles[0]!], candidates);
    if (round < 0) continue;
    const theirs = await timed(async () => {
      for (const title of candidates) {
        await engine.answer(`${prompt}${continuation(title)}. Yes or no? Answer:`);
      }
    });
    const ours = await timed(() => pmi.pmi(history, candidates));
    const second = await timed(() => pmi.pmi(history, candidates.toReversed()));
    naive!.push(theirs);
    shared!.push(ours);
    again!.push(second);
  }
  const ratio = median(naive!.map((ms, i) => ms / shared![i]!));
  const ms = median(shared!);
  return { ms, againMs: median(again!), naiveMs: median(naive!), ratio, perSecond: 1000 / ms };
}

/** Decisions a second of the fast tier: a hundred candidates retrieved, and a slate drawn. */
function fastDecisions(): number {
  const stream = { items: 1000, users: 1000, decisions: 0, seed: given.seed };
  const world = worldOf(stream);
  const learner = loadLearner();
  for (const decided of opening(world, stream.seed)) learner.learn(decided);
  const variant = safeVariants[0]!;
  const decider: Decider = {
    salt: 'bench',
    variants: [{ ...variant, share: 1 }],
    policyOf: () => learner,
    missing: [],
  };
  const groupsOf = new Map(world.items.map(({ itemId, groups }) => [itemId, groups]));
  const times: number[] = [];
  for (let i = 0; i < 600; i++) {
    const userId = world.users[i % world.users.length]!;
    const [state, at] = [newUser(userId), 1_690_100_000_000 + i];
    const begun = performance.now();
    const candidates = learner
      .retrieve(state, CANDIDATES, at, i)
      .map((itemId) => ({ itemId, groups: groupsOf.get(itemId) ?? [], similarity: null }));
    const request = {
      requestId: `r${i}`,
      userId,
      at,
      k: SLATE,
      surface: '',
      candidates: null,
      said: null,
      context: null,
    };
    decide(decider, request, state, candidates);
    times.push(performance.now() - begun);
  }
  return 1000 / median(times.slice(100));
}

/**
 * Calls of three kinds one after the other, with swaps of an adapter in between and without, in
 * turns.
 */
async function swapsOf(port: AdaptableModel, path: string) {
  const { width, vocabulary } = await shapeOf(path);
  const paths = [1, 2].map((version) => join(scratch, `v${version}.gguf`));
  const made = { architecture: 'llama', name: port.name };
  for (const file of paths) {
    const rank = 8;
    const [a, b] = [new Float32Array(rank * width), new Float32Array(rank * vocabulary)];
    const matrices = { a: a.fill(0.001), b: b.fill(0.001) };
    await writeAdapter(file, { rank, width, vocabulary, alpha: rank, ...matrices }, made);
  }
  const prompt = historyPrompt(some(1));
  const titles = some(1).map(continuation);
  const call = [
    () => port.score(prompt, titles),
    () => port.embed(prompt),
    () => port.generate(prompt, { maxTokens: 2 }),
  ];
  for (const one of call) await one();
  const [waits, plains]: number[][] = [[], []];
  let [failed, right] = [0, 0];
  for (let swap = 0; swap < given.swaps; swap++) {
    const version = 1 + (swap % 2);
    const adapter = { version, path: paths[version - 1]! };
    // Calls of all three kinds wait when the swap is asked for, and more are asked for after it.
    const before = call.map((one) => one());
    const swapped = port.setAdapter(adapter);
    const results = await Promise.allSettled([...before, ...call.map((one) => one())]);
    await swapped;
    failed += results.filter(({ status }) => status === 'rejected').length;
    if ((await port.scored(prompt, titles)).adapter === version) right++;
    // A short call alone, and one that a swap was asked for just before: long ones differ by more by
    // themselves than a swap may take.
    const short = () => port.score('A film', [' is']);
    const plain = await timed(short);
    const other = { version: 3 - version, path: paths[2 - version]! };
    const waiting = port.setAdapter(other);
    await port.embed(prompt); // the file is read meanwhile
    waits!.push((await timed(() => Promise.all([waiting, short()]))) - plain);
    plains!.push(plain);
  }
  const alone: number[] = [];
  for (let swap = 0; swap < given.swaps; swap++) {
    const version = 1 + (swap % 2);
    alone.push(await timed(() => port.setAdapter({ version, path: paths[version - 1]! })));
  }
  await port.setAdapter(undefined);
  return {
    swaps: given.swaps,
    callsFailed: failed,
    versionsRight: right,
    /** Time to read, check and set an adapter while no call goes on, ms. */
    aloneMs: { p50: median(alone), max: Math.max(...alone) },
    /** Time by which a call beside a swap takes longer than the same call just before, ms. */
    extraWaitMs: { p50: median(waits!), max: Math.max(...waits!) },
    /** Differences of such calls without a swap, ms. */
    callMs: { p50: median(plains!), max: Math.max(...plains!) },
  };
}

async function shapeOf(path: string) {
  const { tensors } = await readGguf(path);
  const [width = 0, vocabulary = 0] = tensors.get(OUTPUT)!.dims;
  return { width, vocabulary };
}

function paired() {
  const [ours, theirs]: [number[], number[]] = [[], []];
  return {
    add(mine: number, its: number) {
      ours.push(mine);
      theirs.push(its);
    },
    figures: () => ({
      port: median(ours),
      engine: median(theirs),
      ratio: median(ours.map((one, i) => one / theirs[i]!)),
    }),
  };
}

/** Time that work takes, ms. */
async function timed(act: () => Promise<unknown>): Promise<number> {
  const begun = now();
  await act();
  return now() - begun;
}

function now(): number {
  const alone = given.threads === 1 && !given.gpu;
  return alone ? 1000 * ownCpuSeconds() : performance.now();
}

function rounded<T>(value: T): T {
  if (typeof value === 'number') return Number(value.toPrecision(4)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)])) as T;
}

function text(result: object, indent = ''): string {
  return Object.entries(result)
    .map(([key, value]) =>
      value === undefined
        ? ''
        : typeof value === 'object'
          ? `${indent}${key}\n${text(value, `${indent}  `)}`
          : `${indent}${key}: ${value}\n`,
    )
    .join('');
}
