// `millrace ope`: what a policy would have earned, from the log of another one.
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { impressionsTask } from '../../evaluate/ope/impressions.ts';
import { openBanditTask } from '../../evaluate/ope/open-bandit.ts';
import { type OffPolicyTask, openBanditReport } from '../../evaluate/ope/task.ts';
import { reportText } from '../../evaluate/ope/text.ts';
import { diagnose } from '../../models/ope/diagnostics.ts';
import { estimateAll } from '../../models/ope/report.ts';
import { warnings } from '../../models/ope/warnings.ts';
import type { OutcomeSource } from '../../models/outcomes.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { CommandContext } from './context.ts';
import { ask } from './sql.ts';

interface Flags {
  log: string;
  policy?: string;
  campaign: string;
  json?: boolean;
}

export function defineOpe(command: Command, { served }: CommandContext): void {
  command
    .option('--log <log>', 'impressions, or open-bandit:<folder>', 'impressions')
    .option(
      '--policy <name>',
      'a variant of the impressions (default: the first candidate, else the incumbent); bts or random of open-bandit',
    )
    .addOption(new Option('--campaign <name>', 'of open-bandit').default('men'))
    .option('--json', 'as JSON, on one line')
    .addHelpText('after', '\nEstimators, intervals and how far to believe them: docs/ope.md')
    .action(async (flags: Flags) => {
      const settings = served();
      const task = await taskOf(
        { policy: settings.candidates[0]?.variant ?? settings.incumbent, ...flags },
        (query) => ask(query, settings, 'json'),
        settings.outcomes,
      );
      const { rounds, options } = task;
      const estimates = estimateAll(rounds, { ...options, seed: settings.seed });
      const diagnostics = diagnose(rounds.weights, task.missingSupport);
      const text = flags.json
        ? JSON.stringify({
            protocol: 'ope',
            dataset: task.dataset,
            n: rounds.rewards.length,
            seed: settings.seed,
            rows: estimates.map(({ estimator, ...rest }) => ({
              model: task.direction,
              metric: estimator,
              span: 'all',
              ...rest,
            })),
            diagnostics,
            warnings: warnings(diagnostics),
          })
        : reportText(task, estimates, diagnostics);
      process.stdout.write(`${text}\n`);
    });
}

async function taskOf(
  { log, policy, campaign }: Flags & { readonly policy: string },
  askJson: (query: string) => Promise<string>,
  outcomes: OutcomeSource,
): Promise<OffPolicyTask> {
  if (log === 'impressions') return await impressionsTask(askJson, policy, outcomes);
  const [dataset, ...folder] = log.split(':');
  if (dataset !== 'open-bandit' || folder.length === 0) {
    throw new MillraceError({
      code: 'ope-log-unknown',
      what: `There is no log ${log} with propensities to judge by.`,
      todo: 'Use --log impressions, or --log open-bandit:<folder>.',
    });
  }
  if (policy !== 'bts' && policy !== 'random') {
    throw new MillraceError({
      code: 'ope-policy-unknown',
      what: `Open Bandit has no policy ${policy}.`,
      todo: 'Use --policy bts or --policy random.',
    });
  }
  return openBanditReport(await openBanditTask(resolve(folder.join(':')), campaign, policy));
}
