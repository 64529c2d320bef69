// `millrace evaluate`: models judged on a log by a protocol, the baselines beside them.
import { resolve } from 'node:path';
import { Argument, type Command } from 'commander';
import { keepRecords } from '../../app/keep-records.ts';
import { openLogs } from '../../app/log.ts';
import { sampleFolder } from '../../app/sample.ts';
import { untilSignal } from '../../app/signals.ts';
import { keepEvaluation } from '../../evaluate/keep.ts';
import type { Protocol } from '../../evaluate/protocol.ts';
import { protocols } from '../../evaluate/protocols.ts';
import { type KeptRun, keepResult, runOf } from '../../evaluate/results/kept.ts';
import { summaries } from '../../evaluate/results/summary.ts';
import { evaluationText } from '../../evaluate/text.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { CommandContext } from './context.ts';
import { whole } from './numbers.ts';

interface Flags {
  data: string;
  campaign: string;
  interactions?: string;
  limit?: number;
  seeds: number;
  keep?: string;
  json?: boolean;
}

export function defineEvaluate(command: Command, { config }: CommandContext): void {
  const names = protocols.map(({ name }) => name);
  command
    .addArgument(new Argument('<protocol>', 'how they are judged').choices(names))
    .requiredOption('--data <set[:folder]>', 'data set, and the folder with its official files')
    .option('--campaign <name>', 'of open-bandit', 'men')
    .option('--interactions <file>', 'medication: a CSV of drugs that interact, drug_1,drug_2')
    .option(
      '--limit <n>',
      'score so many at most: explanations, intents, asked roles of paradigms',
      whole,
    )
    .option('--seeds <n>', 'run with so many seeds, from --seed on', whole, 1)
    .option('--keep <folder>', 'put the rows into its results too, such as docs/results')
    .option('--json', 'one line a seed on stdout, everything else on stderr')
    .addHelpText('after', () =>
      protocols.map((one) => `\n${one.name} (${one.datasets.join(', ')})\n  ${one.doc}`).join('\n'),
    )
    .action(async (name: string, flags: Flags) => {
      const protocol = protocols.find((one) => one.name === name)!;
      const settings = config();
      const logs = openLogs(settings.dataDir);
      const signal = untilSignal();
      const runs: KeptRun[] = [];
      const data = dataOf(protocol, flags.data);
      for (let seed = settings.seed; seed < settings.seed + flags.seeds; seed++) {
        const evaluation = await protocol.run({
          ...data,
          config: settings,
          seed,
          campaign: flags.campaign,
          limit: flags.limit,
          interactions: flags.interactions,
          keep: (topic, records) => keepRecords(topic, records, settings, logs),
          signal,
          progress: logs.say,
        });
        if (flags.json) process.stdout.write(`${JSON.stringify(evaluation)}\n`);
        const run = runOf(evaluation, commandOf(protocol, data, flags));
        runs.push(run);
        await keepEvaluation(evaluation, settings, logs);
        if (flags.keep !== undefined) keepResult(resolve(flags.keep), evaluation, run);
      }
      if (flags.json) return;
      const about = { protocol: name, dataset: data.dataset };
      process.stdout.write(`${evaluationText(about, summaries(runs)[0]!)}\n`);
    });
}

/** @throws MillraceError `evaluation-data-unknown`, `dataset-file-missing` */
function dataOf(
  { name, datasets, seeded }: Protocol,
  data: string,
): { dataset: string; folder: string } {
  const [dataset = '', ...rest] = data.split(':');
  if (!datasets.includes(dataset)) {
    throw new MillraceError({
      code: 'evaluation-data-unknown',
      what: `The protocol ${name} cannot be run on ${dataset || 'nothing'}.`,
      todo: `Use --data with one of: ${datasets.join(', ')}; a folder after a colon.`,
    });
  }
  const folder = rest.join(':');
  if (seeded) return { dataset, folder };
  return { dataset, folder: folder === '' ? sampleFolder(dataset) : resolve(folder) };
}

/** The command of a run, without its seed and where its files are, in a few words. */
function commandOf(
  { name, seeded }: Protocol,
  { dataset, folder }: { dataset: string; folder: string },
  { data, campaign, limit, interactions }: Flags,
): string {
  const named = data.includes(':') ? (seeded ? `:${folder}` : ':<folder>') : '';
  const flags = [
    ...(dataset === 'open-bandit' ? [`--campaign ${campaign}`] : []),
    ...(limit === undefined ? [] : [`--limit ${limit}`]),
    ...(interactions === undefined ? [] : ['--interactions <file>']),
  ];
  return ['millrace evaluate', name, '--data', `${dataset}${named}`, ...flags].join(' ');
}
