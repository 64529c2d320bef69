// `millrace experiment`: whether a variant earns more than another, looked at as often as you like.
import { type Command, InvalidArgumentError } from 'commander';
import { readExperiment } from '../../app/experiment/read.ts';
import { reportOf, reportText } from '../../app/experiment/report.ts';
import { lastChange, readSteps, sharesAfter, stepsText } from '../../app/experiment/steps.ts';
import { serveDefaults } from '../../streams/serve/stage.ts';
import type { CommandContext } from './context.ts';
import { above0 } from './numbers.ts';
import { ask } from './sql.ts';

interface Flags {
  candidate: string;
  incumbent: string;
  alpha: number;
  planned: number;
  json?: boolean;
}

export function defineExperiment(command: Command, { config }: CommandContext): void {
  command
    .option('--candidate <variant>', 'the new one', 'learning')
    .option('--incumbent <variant>', 'the one to beat', 'popularity')
    .option('--alpha <share>', 'chance of ever being wrong', chance, 0.05)
    .option('--planned <users>', 'users at which the interval shall be tightest', above0, 500)
    .option('--json', 'as JSON, on one line')
    .addHelpText('after', '\nWhat is computed and how far to believe it: docs/experiments.md')
    .action(async ({ candidate, incumbent, alpha, planned, json }: Flags) => {
      const settings = config();
      const asked = (query: string) => ask(query, settings, 'json');
      const steps = await readSteps(asked);
      // A comparison is of one assignment: it begins when the shares were last changed.
      const since = lastChange(steps, [candidate, incumbent])?.at;
      const read = await readExperiment(asked, since);
      const shares = sharesAfter(
        steps,
        serveDefaults.variants.map(({ name, share }) => ({ variant: name, share })),
      );
      const report = reportOf(read, { candidate, incumbent }, shares, { alpha, planned });
      const text = () =>
        [
          ...(steps.length > 0 ? [stepsText(steps), ''] : []),
          ...(since ? [`Slates since ${since}, when the shares were last changed:`] : []),
          reportText(report),
        ].join('\n');
      process.stdout.write(
        `${json ? JSON.stringify({ ...report, since: since ?? null, steps }) : text()}\n`,
      );
    });
}

function chance(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('A number between 0 and 1 is wanted.');
}
