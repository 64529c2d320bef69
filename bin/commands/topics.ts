// `millrace topics`: what the broker keeps of each topic, and how far each group has read.
import type { Command } from 'commander';
import { grid } from '../../app/grid.ts';
import { openLogs } from '../../app/log.ts';
import { applicationOf, findStreams } from '../../app/streams.ts';
import { connectKafka } from '../../infra/kafka/connect.ts';
import { type Overview, overviewOf } from '../../infra/kafka/overview.ts';
import { topicName } from '../../infra/kafka/topics.ts';
import { topics } from '../../schemas/index.ts';
import type { CommandContext } from './context.ts';

export function defineTopics(command: Command, { config }: CommandContext): void {
  command.option('--json', 'as JSON').action(async ({ json }: { json?: boolean }) => {
    const settings = config();
    const overview = await look(settings);
    const text = json ? JSON.stringify(overview, nullForNaN) : tables(overview);
    process.stdout.write(`${text}\n`);
  });
}

async function look(settings: ReturnType<CommandContext['config']>): Promise<Overview> {
  const logs = openLogs(settings.dataDir);
  await using stack = new AsyncDisposableStack();
  const address =
    settings.kafka ?? (await findStreams(settings, logs, stack, { existing: true })).kafka;
  const admin = connectKafka(address, logs.log).admin();
  await admin.connect();
  stack.defer(() => admin.disconnect());
  const nameOf = (name: string) => topicName(name, settings.topics);
  return await overviewOf(admin, topics, nameOf, applicationOf(settings));
}

const nullForNaN = (_key: string, value: unknown) => (Number.isNaN(value) ? null : value);

function tables({ topics, groups }: Overview): string {
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  return [
    grid(
      [
        'topic',
        'partitions',
        'offsets',
        'from',
        'cleanup',
        'retention',
        'bytes kept',
        'batch bytes',
      ],
      topics.map(({ topic, partitions, ...of }) => {
        if (partitions.length === 0) return [topic, 'missing', '', '', '', '', '', ''];
        return [
          topic,
          String(partitions.length),
          String(sum(partitions.map(({ low, high }) => high - low))),
          String(Math.min(...partitions.map(({ low }) => low))),
          of.cleanupPolicy,
          of.retentionMs < 0 ? 'ever' : `${of.retentionMs} ms`,
          of.retentionBytes < 0 ? 'all' : String(of.retentionBytes),
          String(of.maxMessageBytes),
        ];
      }),
    ),
    '',
    grid(
      ['group', 'state', 'members', 'topic', 'lag'],
      groups.flatMap(({ group, state, members, topics: lags }) =>
        lags.map(({ topic, lag }) => [group, state, String(members), topic, String(lag)]),
      ),
    ),
    '',
    'Offsets and lags count the markers of transactions, and records that compaction has removed.',
  ].join('\n');
}
