// `millrace doctor`: what each part will be, and what is missing.
import type { Command } from 'commander';
import { serverOf } from '../../app/warehouse.ts';
import { doctor } from '../../infra/embedded/doctor.ts';
import type { CommandContext } from './context.ts';

export function defineDoctor(command: Command, { config }: CommandContext): void {
  command.option('--json', 'findings as JSON').action(async ({ json }: { json?: boolean }) => {
    const settings = config();
    const { clickhouse } = settings;
    const findings = await doctor({
      ...settings,
      clickhouse: clickhouse && { url: serverOf(clickhouse).url },
    });
    if (json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
    else {
      const width = Math.max(...findings.map(({ part }) => part.length));
      for (const { part, status, what, todo } of findings) {
        process.stdout.write(`${status.padEnd(8)}${part.padEnd(width + 2)}${what}\n`);
        if (todo && status !== 'ok') process.stdout.write(`${' '.repeat(width + 10)}→ ${todo}\n`);
      }
    }
    if (findings.some(({ status }) => status === 'missing')) process.exitCode = 1;
  });
}
