// `millrace experiment`: whether a variant earns more than another, looked at as often as you like.
import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../../app/config/read.ts';
import { readExperiment } from '../../app/experiment/read.ts';
import { reportOf, reportOfOne, reportText } from '../../app/experiment/report.ts';
import { lastChange, readSteps, sharesAfter, stepsText } from '../../app/experiment/steps.ts';
import type { CommandContext } from './context.ts';
import { above0 } from './numbers.ts';
import { ask } from './sql.ts';

/** Said where a simulator's answers are what is compared. */
const simulatedOnly = "By the simulator's answers: nothing here says what people would do.";

interface Flags {
  candidate?: string;
  incumbent?: string;
  alpha: number;
  planned: number;
  json?: boolean;
}

export function defineExperiment(command: Command, { served }: CommandContext): void {
  command
    .option('--candidate <variant>', 'the new one (default: the first candidate)')
    .option('--incumbent <variant>', 'the one to beat (default: that of the candidate)')
    .option('--alpha <share>', 'chance of ever being wrong', chance, 0.05)
    .option('--planned <users>', 'users at which the interval shall be tightest', above0, 500)
    .option('--json', 'as JSON, on one line')
    .addHelpText('after', '\nWhat is computed and how far to believe it: docs/experiments.md')
    .action(async ({ alpha, planned, json, ...flags }: Flags) => {
      const settings = served();
      const { candidate, incumbent } = pairOf(settings, flags);
      const asked = (query: string) => ask(query, settings, 'json');
      const steps = await readSteps(asked);
      // A comparison is of one assignment: it begins when the shares were last changed.
      const since = lastChange(
        steps,
        candidate === undefined ? [incumbent] : [candidate, incumbent],
      )?.at;
      const read = await readExperiment(asked, settings.outcomes, since);
      const shares = sharesAfter(
        steps,
        settings.variants.map(({ name, share }) => ({ variant: name, share })),
      );
      const report =
        candidate === undefined
          ? reportOfOne(read, incumbent, shares)
          : reportOf(read, { candidate, incumbent }, shares, { alpha, planned });
      const text = () =>
        [
          ...(steps.length > 0 ? [stepsText(steps), ''] : []),
          ...(settings.outcomes === 'simulated' ? [simulatedOnly] : []),
          ...(since ? [`Slates since ${since}, when the shares were last changed:`] : []),
          reportText(report),
        ].join('\n');
      process.stdout.write(
        `${json ? JSON.stringify({ ...report, outcomes: settings.outcomes, since: since ?? null, steps }) : text()}\n`,
      );
    });
}

/** The variants named, else those that the configuration compares; one may serve alone. */
export function pairOf(
  { variants, candidates, incumbent: usual }: Pick<Config, 'variants' | 'candidates' | 'incumbent'>,
  { candidate: named, incumbent: over }: Pick<Flags, 'candidate' | 'incumbent'>,
): { candidate: string | undefined; incumbent: string } {
  const candidate =
    named ?? candidates[0]?.variant ?? variants.find(({ name }) => name !== (over ?? usual))?.name;
  const own = candidates.find(({ variant }) => variant === candidate);
  return { candidate, incumbent: over ?? own?.incumbent ?? usual };
}

function chance(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('A number between 0 and 1 is wanted.');
}
