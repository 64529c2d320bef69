// `millrace demo` and `millrace replay`: the loop, on the shipped sample or on a log of yours.
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { loop } from '../../app/demo/loop.ts';
import { demoLayer } from '../../app/demo/recommender.ts';
import { worldLog, worldOf } from '../../app/demo/world-log.ts';
import { openLogs } from '../../app/log.ts';
import { movielensSample, sampleFolder } from '../../app/sample.ts';
import { untilSignal } from '../../app/signals.ts';
import type { AheadRule } from '../../datasets/dataset.ts';
import { datasets } from '../../datasets/index.ts';
import { simulateEnricher } from '../../streams/enrichers/simulate.ts';
import { simulateByWorld } from '../../streams/enrichers/simulate-world.ts';
import type { CommandContext } from './context.ts';
import { whole } from './numbers.ts';

/**
 * Sessions of the log that become requests, by who answers in the demo. A few people are most of
 * the sample.
 */
const liveBy = {
  llm: { from: 0.3, sessionsEach: 5 },
  world: { from: 0.3, sessionsEach: Number.POSITIVE_INFINITY },
} as const;

interface Flags {
  simulator?: keyof typeof liveBy;
  exit?: boolean;
  json?: boolean;
  limit?: number;
  speed?: number;
  stay?: boolean;
  future?: AheadRule['rows'];
}

export function defineDemo(command: Command, { config }: CommandContext): void {
  command
    .addOption(
      new Option('--simulator <who>', 'llm, or world: the log and the people of a seeded world')
        .choices(Object.keys(liveBy))
        .default('llm'),
    )
    .option('--exit', 'end after the replay, with a summary')
    .option('--json', 'the summary as one JSON object on stdout, everything else on stderr')
    .option('--limit <rows>', 'replay the first rows only', whole)
    .option('--speed <times>', 'max, or times as fast as it happened', speedOf)
    .action(async (flags: Flags) => {
      const { simulator = 'llm' } = flags;
      const world = simulator === 'world' ? worldOf(config().seed) : undefined;
      const log = world
        ? { dataset: worldLog(world), folder: '', simulate: simulateByWorld(world) }
        : { dataset: datasets.movielens, folder: movielensSample, simulate: simulateEnricher };
      const application = demoLayer(
        log.dataset.attributionWindowMs,
        world ? 'logged' : 'simulated',
      );
      const settings = config({}, { over: application });
      await loop(settings, openLogs(settings.dataDir), {
        ...log,
        application,
        live: liveBy[simulator],
        page: true,
        exit: flags.exit ?? false,
        json: flags.json ?? false,
        limit: flags.limit,
        speed: flags.speed,
        signal: untilSignal(),
      });
    });
}

export function defineReplay(command: Command, { config }: CommandContext): void {
  const names = Object.keys(datasets) as (keyof typeof datasets)[];
  command
    .addArgument(new Argument('<dataset>', 'the official format of the files').choices(names))
    .argument('[path]', 'folder with the files (default for movielens: the shipped sample)')
    .option('--speed <times>', 'max, or times as fast as it happened', speedOf)
    .option('--limit <rows>', 'replay the first rows only', whole)
    .option('--json', 'the summary as one JSON object on stdout, everything else on stderr')
    .addOption(
      new Option('--future <rows>', 'rows of a time to come: auto keeps them if most rows are')
        .choices(['auto', 'keep', 'refuse'] satisfies AheadRule['rows'][])
        .default('auto'),
    )
    .addOption(
      new Option('--exit', 'end after the replay, with a summary, as without it').conflicts('stay'),
    )
    .option('--stay', 'serve the page, and stay up when the log has ended')
    .addHelpText('after', () => names.map((n) => `\n${n}\n  ${datasets[n].doc}`).join('\n'))
    .action(async (name: keyof typeof datasets, path: string | undefined, flags: Flags) => {
      const windowMs = datasets[name].attributionWindowMs;
      const under = { name: 'replay', values: { attribution: { windowMs } } };
      const settings = config({}, { under });
      await loop(settings, openLogs(settings.dataDir), {
        dataset: datasets[name],
        folder: path ?? sampleFolder(name),
        page: flags.stay ?? false,
        exit: !flags.stay,
        json: flags.json ?? false,
        limit: flags.limit,
        speed: flags.speed,
        future: flags.future,
        signal: untilSignal(),
      });
    });
}

/** Speed of a replay; undefined for as fast as it can be written. */
function speedOf(text: string): number | undefined {
  if (text === 'max') return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('max or a number above 0 is wanted.');
}
