// Every command by what the list of them says. What one does is loaded only when it is named: all of them
// together take seconds.
import type { Command } from 'commander';
import type { DataDirUse } from '../../app/config/data-dir.ts';
import type { CommandContext } from './context.ts';

export interface NamedCommand {
  readonly name: string;
  /** Options and arguments of the command, as commander prints those of what `load` gives. */
  readonly usage: string;
  readonly description: string;
  /** What it does in the data directory. @default 'makes' */
  readonly dataDir?: DataDirUse;
  /** Loads the function that adds arguments, options and action to the command. */
  readonly load: () => Promise<(command: Command, context: CommandContext) => void>;
}

export const commands: readonly NamedCommand[] = [
  {
    name: 'demo',
    usage: '[options]',
    description: 'the whole loop on the shipped MovieLens sample, with a page to watch it on',
    load: async () => (await import('./loops.ts')).defineDemo,
  },
  {
    name: 'replay',
    usage: '[options] <dataset> [path]',
    description: 'replay a log through the streams, in order of time',
    load: async () => (await import('./loops.ts')).defineReplay,
  },
  {
    name: 'init',
    usage: '[options]',
    description: 'look at files of your own, and write the mapping of their rows',
    load: async () => (await import('./init.ts')).defineInit,
  },
  {
    name: 'map',
    usage: '[options]',
    description: 'show what the mapping makes of rows of your own, and what it refuses',
    load: async () => (await import('./your-data.ts')).defineMap,
  },
  {
    name: 'import',
    usage: '[options]',
    description: 'import a history of your own into the topics, in order of time',
    load: async () => (await import('./your-data.ts')).defineImport,
  },
  {
    name: 'run',
    usage: '[options] [processor...]',
    description:
      'run processors as a member of their groups, in any number of processes on one Kafka',
    load: async () => (await import('./run.ts')).defineRun,
  },
  {
    name: 'token',
    usage: '[options] <action> [name]',
    description: 'add, list and remove the tokens of those who ask over HTTP',
    load: async () => (await import('./token.ts')).defineToken,
  },
  {
    name: 'topics',
    usage: '[options]',
    description: 'topics with their records, retention and limits; groups with their lags',
    dataDir: 'reads',
    load: async () => (await import('./topics.ts')).defineTopics,
  },
  {
    name: 'rebuild',
    usage: '[options] <name>',
    description:
      'recreate a table or a policy from offset 0, in memory, and compare it with the live one',
    dataDir: 'reads',
    load: async () => (await import('./rebuild.ts')).defineRebuild,
  },
  {
    name: 'forget',
    usage: '[options] <user...>',
    description: 'forget users, with everything that is kept of them',
    load: async () => (await import('./forget.ts')).defineForget,
  },
  {
    name: 'ope',
    usage: '[options]',
    description: 'what a policy would have earned, estimated from the log of another one',
    dataDir: 'reads',
    load: async () => (await import('./ope.ts')).defineOpe,
  },
  {
    name: 'evaluate',
    usage: '[options] <protocol>',
    description: 'judge models on a log, predictions before outcomes, baselines beside them',
    load: async () => (await import('./evaluate.ts')).defineEvaluate,
  },
  {
    name: 'experiment',
    usage: '[options]',
    description: 'whether a variant earns more than another, at any moment',
    dataDir: 'reads',
    load: async () => (await import('./experiment.ts')).defineExperiment,
  },
  {
    name: 'simulate',
    usage: '[options]',
    description: 'policies in episodes of many turns with the simulator, its fidelity first',
    load: async () => (await import('./simulate.ts')).defineSimulate,
  },
  {
    name: 'explain',
    usage: '[options] <impressionId>',
    description: 'why items of a slate were recommended: the reasons kept, or made now',
    dataDir: 'reads',
    load: async () => (await import('./explain.ts')).defineExplain,
  },
  {
    name: 'talk',
    usage: '[options]',
    description: 'a dialogue on films in the terminal: it recommends, asks, and says why',
    dataDir: 'none',
    load: async () => (await import('./talk.ts')).defineTalk,
  },
  {
    name: 'tune',
    usage: '[options]',
    description:
      "tune the language model's output by reward: reasons that cite and say what is true",
    load: async () => (await import('./tune.ts')).defineTune,
  },
  {
    name: 'config',
    usage: '[options]',
    description: 'print what is set, with the source of every value, or check a file',
    dataDir: 'none',
    load: async () => (await import('./config.ts')).defineConfig,
  },
  {
    name: 'rules',
    usage: '[options] <action> [name...]',
    description: 'rules of the shop: pin, boost, exclude and the like, at once in every member',
    load: async () => (await import('./rules.ts')).defineRules,
  },
  {
    name: 'sql',
    usage: '[options] <query>',
    description: 'ask ClickHouse: of the running Millrace, or of its data when none runs',
    dataDir: 'reads',
    load: async () => (await import('./sql.ts')).defineSql,
  },
  {
    name: 'describe',
    usage: '[options]',
    description: 'print the topology: stages, enrichers, topics',
    dataDir: 'none',
    load: async () => (await import('./describe.ts')).defineDescribe,
  },
  {
    name: 'doctor',
    usage: '[options]',
    description: 'check every part, and say what it will be',
    dataDir: 'none',
    load: async () => (await import('./doctor.ts')).defineDoctor,
  },
];
