// `npm run bench:isolation`: the event path beside a language model that is well, stopped, slowed ten times
// or talking rubbish. The loop of the demo in memory (no broker): the first rows of the log, requests for
// the last fifth, while `represent` asks the model for vectors of what is shown. All take turns in every
// round; figures are medians over the rounds, of the whole process, in which the model is not, and medians
// of the ratios to the model that is well, of the same round.
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { readConfig } from '../app/config/read.ts';
import { ensureModel } from '../infra/embedded/model.ts';
import { openLlamaProcess } from '../infra/llama/process.ts';
import type { LanguageModel } from '../models/llm/port.ts';
import { vectorsTable } from '../streams/tables/vectors.ts';
import { memoryLoop } from '../tests/support/memory-loop.ts';
import { say } from './support/broker.ts';
import { readOptions, wholeNumber } from './support/options.ts';
import { ownCpuSeconds } from './support/proc.ts';
import { median, quantile } from './support/statistics.ts';

const given = readOptions(
  new Command('bench:isolation')
    .description('The event path beside a language model that is well, and one that is not.')
    .option('--rounds <n>', 'in which all take turns', '3')
    .option('--rows <n>', 'of the log', '2000'),
  z.object({ rounds: wholeNumber, rows: wholeNumber }),
);

const config = readConfig(process.env, {});
const file = config.llm.model ?? (await ensureModel(config.partsDir, say));
await using real = await openLlamaProcess({ model: file, threads: 1 });

/** The real language model with another `embed`, the only call that the loop makes here. */
const instead = (embed: LanguageModel['embed']): LanguageModel => ({
  name: real.name,
  width: real.width,
  embed,
  score: (prefix, texts) => real.score(prefix, texts),
  generate: (prompt, options) => real.generate(prompt, options),
  [Symbol.asyncDispose]: async () => undefined,
});
const models = {
  well: instead((text) => real.embed(text)),
  wellAgain: instead((text) => real.embed(text)),
  stopped: instead(() => new Promise(() => {})),
  slowedTenTimes: instead(async (text) => {
    const begun = performance.now();
    const vector = await real.embed(text);
    await sleep(9 * (performance.now() - begun));
    return vector;
  }),
  rubbish: instead(async () => new Float32Array(real.width).fill(Number.NaN)),
};
type Kind = keyof typeof models;

interface Run {
  eventsPerSecond: number;
  cpuMsPer1000Events: number;
  requestMs: { p50: number; p99: number };
  vectors: number;
}

async function run(model: LanguageModel): Promise<Run> {
  const times: number[] = [];
  const answer = (drain: () => void) => {
    const at = performance.now();
    drain();
    times.push(performance.now() - at);
  };
  const [begun, cpu] = [performance.now(), ownCpuSeconds()];
  const loop = { rows: given.rows, salt: 'isolation', model, represent: true, answer };
  const runtime = await memoryLoop(loop);
  const seconds = (performance.now() - begun) / 1000;
  const spent = ownCpuSeconds() - cpu;
  return {
    eventsPerSecond: given.rows / seconds,
    cpuMsPer1000Events: (1e6 * spent) / given.rows,
    requestMs: { p50: median(times), p99: quantile(times, 0.99) },
    vectors: runtime.tables.of(vectorsTable).of('representer').size,
  };
}

const runs = Object.fromEntries(Object.keys(models).map((kind) => [kind, []])) as unknown as Record<
  Kind,
  Run[]
>;
await run(models.stopped); // warms up
for (let round = 0; round < given.rounds; round++) {
  for (const [kind, model] of Object.entries(models) as [Kind, LanguageModel][]) {
    runs[kind].push(await run(model));
    say(`${kind}: ${JSON.stringify(runs[kind].at(-1))}`);
  }
}
const figures: Readonly<Record<string, (run: Run) => number>> = {
  eventsPerSecond: (one) => one.eventsPerSecond,
  cpuMsPer1000Events: (one) => one.cpuMsPer1000Events,
  requestMsP50: (one) => one.requestMs.p50,
  requestMsP99: (one) => one.requestMs.p99,
  vectors: (one) => one.vectors,
};
const rounded = (value: number) => Number(value.toPrecision(4));
const table = (of: (kind: Kind, figure: (run: Run) => number) => number) =>
  Object.fromEntries(
    (Object.keys(models) as Kind[]).map((kind) => [
      kind,
      Object.fromEntries(
        Object.entries(figures).map(([name, figure]) => [name, rounded(of(kind, figure))]),
      ),
    ]),
  );
const medians = table((kind, figure) => median(runs[kind].map(figure)));
/**
 * Ratios of each kind of model to the one that is well, within a round. That of `wellAgain` shows
 * how much is chance.
 */
const ratios = table((kind, figure) =>
  median(runs[kind].map((one, round) => figure(one) / figure(runs.well[round]!))),
);
const { rounds, rows } = given;
process.stdout.write(`${JSON.stringify({ rounds, rows, medians, ratios })}\n`);
process.exit();
