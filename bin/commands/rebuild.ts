// `millrace rebuild`: a table or a policy made anew from the log, and compared with the live one.
import '../../streams/engine/disposable-stack.ts';
import type { Command } from 'commander';
import { openLogs } from '../../app/log.ts';
import { rebuildable, rebuilderOf } from '../../app/rebuild/rebuild.ts';
import { connectStreams, findStreams } from '../../app/streams.ts';
import { topologyOf } from '../../app/topology.ts';
import type { Rebuilt } from '../../infra/rebuild/rebuilt.ts';
import type { CommandContext } from './context.ts';

export function defineRebuild(command: Command, { served }: CommandContext): void {
  command
    .argument('<name>', 'a table or policy')
    .option('--json', 'as JSON, on one line')
    .addHelpText('after', () => {
      const names = [...rebuildable(topologyOf(served())).keys()].join(', ');
      return `\nNames: ${names}\nExit code 1 when the two differ. What is live is only read.`;
    })
    .action(async (name: string, { json }: { json?: boolean }) => {
      const settings = served();
      // Nothing that is rebuilt depends on the salt.
      const rebuilder = rebuilderOf(name, topologyOf(settings));
      const logs = openLogs(settings.dataDir);
      await using stack = new AsyncDisposableStack();
      const addresses = await findStreams(settings, logs, stack, { existing: true });
      const streams = await connectStreams(settings, addresses, logs, { existing: true });
      const result = await rebuilder({ ...streams, log: logs.log });
      process.stdout.write(`${json ? JSON.stringify(result) : text(result)}\n`);
      if (!result.equal) process.exitCode = 1;
    });
}

function text({ name, kind, live, rebuilt, equal, offsets, difference }: Rebuilt): string {
  const unit = kind === 'table' ? 'records' : 'bytes';
  return [
    `${name} (${kind})`,
    ...offsets.map(({ topic, partition, offset }) => `  ${topic}/${partition} up to ${offset}`),
    `live     ${live.sha256}  ${live.size} ${unit}`,
    `rebuilt  ${rebuilt.sha256}  ${rebuilt.size} ${unit}`,
    `equal: ${equal}`,
    ...(difference
      ? [
          `not rebuilt ${difference.missing}, not live ${difference.extra}, changed ${difference.changed}: ${difference.keys.join(', ')}`,
        ]
      : []),
  ].join('\n');
}
