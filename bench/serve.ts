// `npm run bench:serve`: how long it takes from a request over HTTP to its answer, which is in the log by then,
// at an even rate; beside a bare route of the same web server and beside the way through the topics, in one
// run. What was answered is counted in the log afterwards. `--kill` ends one of two members in mid-run.
import { mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { readConfig } from '../app/config/read.ts';
import { startRegistry } from '../infra/embedded/registry.ts';
import { type LoadOptions, load } from './serve/load.ts';
import { fillCatalogue, loggedKeys } from './serve/log.ts';
import { type Served, startMember, startScript } from './serve/members.ts';
import { type BenchBroker, onBroker, say } from './support/broker.ts';
import { positive, readOptions, wholeNumber } from './support/options.ts';
import { cpuSecondsOf } from './support/proc.ts';
import { quantile } from './support/statistics.ts';

const program = new Command('bench:serve')
  .description('Latency of a request over HTTP that is durable before it is answered, ms.')
  .option('--rate <requests/s>', 'even, whether or not earlier ones are answered', '200')
  .option('--seconds <n>', 'measured, after five of warming up', '30')
  .option('--users <n>', 'users that the requests are for', '1000')
  .option('--candidates <n>', 'items that a request names', '100')
  .option('--partitions <n>', 'of the topics keyed by user', '4')
  .option('--members <n>', 'processes that serve', '1')
  .option('--kill', 'ends one member in mid-run; two or more serve then')
  .option('--json', 'one line on stdout');

const given = readOptions(
  program,
  z.object({
    rate: positive,
    seconds: positive,
    users: wholeNumber,
    candidates: wholeNumber,
    partitions: wholeNumber,
    members: wholeNumber,
    kill: z.boolean().default(false),
    json: z.boolean().default(false),
  }),
);

const warmUpSeconds = 5;
/** Number of items in the catalogue. */
const catalogue = 1_000;

async function measure(broker: BenchBroker): Promise<boolean> {
  const { rate: perSecond, seconds, users, candidates, partitions } = given;
  const { directory, signal } = broker;
  await using stack = new AsyncDisposableStack();
  const { partsDir } = readConfig();
  const registryDir = join(directory, 'registry');
  mkdirSync(registryDir);
  const registry = stack.use(await startRegistry({ dataDir: registryDir, partsDir, log: say }));
  const surroundings = {
    KAFKA_BROKERS: broker.address,
    SCHEMA_REGISTRY_URL: registry.url,
    MILLRACE_PARTITIONS: String(partitions),
    // The shortest that a broker allows: a killed member is missed after it.
    SESSION_TIMEOUT_MS: '6000',
    MILLRACE_DATA_DIR: join(directory, 'topics'),
  };
  const members: Served[] = [];
  const count = given.kill ? Math.max(2, given.members) : given.members;
  for (let i = 0; i < count; i++) {
    members.push(stack.use(await startMember(`member-${i}`, directory, surroundings)));
  }
  const urls = members.map(({ url }) => url);
  await fillCatalogue(urls[0]!, catalogue);
  const common = { perSecond, users, candidates, catalogue, signal };
  const short = { ...common, seconds: Math.min(10, seconds) };
  const run = async (name: string, options: Omit<LoadOptions, 'name'>) => {
    await load({ ...options, seconds: warmUpSeconds, name: `warm-${name}` });
    return load({ ...options, name });
  };
  const bare = stack.use(await startScript('./bare.ts', surroundings));
  const bareOutcome = await run('bare', { ...short, urls: [bare.url] });
  const killing = given.kill
    ? sleep((warmUpSeconds + seconds / 2) * 1_000).then(() => members[0]!.kill())
    : undefined;
  const pids = [broker.pid, ...members.map(({ pid }) => pid)];
  await load({ ...common, seconds: warmUpSeconds, name: 'warm-serve', urls });
  const before = pids.map(cpuSecondsOf);
  const outcome = await load({ ...common, seconds, name: 'serve', urls });
  const [brokerSeconds = 0, ...memberSeconds] = pids.map(
    (pid, i) => cpuSecondsOf(pid) - before[i]!,
  );
  await killing;
  // Last, since what it leaves unread would stand before what is asked.
  const topics = stack.use(await startScript('./through-topics.ts', surroundings));
  const topicOutcome = await run('topics', { ...short, urls: [topics.url] });
  const logged = await loggedKeys(broker.kafka);
  const keys = [...outcome.answered.keys()];
  const lost = keys.filter((key) => !logged.has(key)).length + outcome.unanswered;
  const doubled = [...logged].filter(
    ([key, times]) => key.startsWith('serve-') && times > 1,
  ).length;
  const round = (value: number) => Number(value.toFixed(2));
  const result = {
    p50: round(quantile(outcome.tookMs, 0.5)),
    p99: round(quantile(outcome.tookMs, 0.99)),
    perSecond: round(outcome.perSecond),
    bareP50: round(quantile(bareOutcome.tookMs, 0.5)),
    bareP99: round(quantile(bareOutcome.tookMs, 0.99)),
    topicP50: round(quantile(topicOutcome.tookMs, 0.5)),
    topicP99: round(quantile(topicOutcome.tookMs, 0.99)),
    lost,
    doubled,
    answered: keys.length,
    cpuMs: {
      members: round((1_000 * memberSeconds.reduce((sum, s) => sum + s, 0)) / keys.length),
      broker: round((1_000 * brokerSeconds) / keys.length),
    },
    load: loadavg()[0],
    topicUnanswered: topicOutcome.unanswered,
    fallbacks: outcome.fallbacks,
    failures: outcome.failures,
  };
  if (given.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    process.stdout.write(`${given.rate} requests/s, ${candidates} candidates, ${users} users
in the log before it is answered: p50 ${result.p50} ms, p99 ${result.p99} ms
a bare route:                     p50 ${result.bareP50} ms, p99 ${result.bareP99} ms
through the topics:               p50 ${result.topicP50} ms, p99 ${result.topicP99} ms
processor time of a request: ${result.cpuMs.members} ms of the members, ${result.cpuMs.broker} ms of the broker; load average ${result.load}
of ${result.answered} answered: ${lost} lost, ${doubled} doubled; ${outcome.fallbacks} fallbacks, ${outcome.failures} tries that failed
`);
  }
  return lost === 0 && doubled === 0;
}

process.exit(await onBroker(measure));
