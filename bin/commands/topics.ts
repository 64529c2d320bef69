// `millrace topics`: what the broker keeps of each topic, and how far each group has read.
import '../../streams/engine/disposable-stack.ts';
import type { Command } from 'commander';
import { firstContact } from '../../app/first-contact.ts';
import { grid } from '../../app/grid.ts';
import { openLogs } from '../../app/log.ts';
import { applicationOf, findStreams } from '../../app/streams.ts';
import { topologyOf } from '../../app/topology.ts';
import { aclCommands, rightsOf } from '../../infra/kafka/acls.ts';
import { connectKafka } from '../../infra/kafka/connect.ts';
import { type Overview, overviewOf } from '../../infra/kafka/overview.ts';
import { topicName } from '../../infra/kafka/topics.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { nobody } from '../../streams/topology.ts';
import type { CommandContext } from './context.ts';

export function defineTopics(command: Command, { config }: CommandContext): void {
  command
    .option('--json', 'as JSON')
    .option('--acls', 'every right that is needed on the brokers, as commands of kafka-acls.sh')
    .option('--principal <name>', 'who gets the rights (default: the user of kafka.sasl)')
    .action(async ({ json, acls, principal }: TopicsFlags) => {
      const settings = config();
      const text = acls ? rights(settings, principal, json) : await shown(settings, json);
      process.stdout.write(`${text}\n`);
    });
}

interface TopicsFlags {
  readonly json?: boolean;
  readonly acls?: boolean;
  readonly principal?: string;
}

type Settings = ReturnType<CommandContext['config']>;

async function shown(settings: Settings, json?: boolean): Promise<string> {
  const overview = await look(settings);
  return json ? JSON.stringify(overview, nullForNaN) : tables(overview);
}

function rights(settings: Settings, principal?: string, json?: boolean): string {
  const nameOf = (topic: AnyTopic) => topicName(topic, settings.topics);
  const topology = topologyOf(settings, { llm: nobody });
  const needed = rightsOf(topology, topics, nameOf, applicationOf(settings));
  if (json) return JSON.stringify(needed);
  const { brokers, sasl } = settings.kafka ?? { brokers: ['localhost:9092'] };
  const who = principal ?? `User:${sasl?.username ?? 'millrace'}`;
  return aclCommands(needed, who, brokers);
}

async function look(settings: Settings): Promise<Overview> {
  const logs = openLogs(settings.dataDir);
  await using stack = new AsyncDisposableStack();
  const address =
    settings.kafka ?? (await findStreams(settings, logs, stack, { existing: true })).kafka;
  await firstContact(address, logs, false);
  const kafka = connectKafka(address, logs.log);
  const admin = kafka.admin();
  await admin.connect();
  stack.defer(() => admin.disconnect());
  const nameOf = (topic: AnyTopic) => topicName(topic, settings.topics);
  const { stages } = topologyOf(settings, { llm: nobody });
  const foreign = stages.flatMap(({ inputs }) => inputs.filter((topic) => topic.foreign));
  const all = [...topics, ...new Set<AnyTopic>(foreign)];
  return await overviewOf(kafka, admin, all, nameOf, applicationOf(settings));
}

const nullForNaN = (_key: string, value: unknown) => (Number.isNaN(value) ? null : value);

function tables({ topics, groups, otherGroups }: Overview): string {
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  return [
    grid(
      [
        'topic',
        'partitions',
        'replicas',
        'in sync',
        'offsets',
        'from',
        'cleanup',
        'retention',
        'bytes kept',
        'batch bytes',
      ],
      topics.map(({ topic, partitions, ...of }) => {
        if (partitions.length === 0) return [topic, 'missing', '', '', '', '', '', '', '', ''];
        return [
          topic,
          String(partitions.length),
          String(of.replicas),
          String(of.inSync),
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
      ['group', 'kind', 'state', 'members', 'topic', 'lag'],
      groups.flatMap(({ group, kind, state, members, topics: lags }) => {
        const own = [group, kind, state, members === undefined ? '?' : String(members)];
        if (lags.length === 0) return [[...own, '', '']];
        return lags.map(({ topic, lag }) => [...own, topic, String(lag)]);
      }),
    ),
    ...others(otherGroups),
    '',
    'Offsets and lags count the markers of transactions, and records that compaction has removed.',
  ].join('\n');
}

function others(counts: Overview['otherGroups']): string[] {
  const kinds = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  return kinds.length === 0 ? [] : ['', `Other groups on the cluster: ${kinds.join(', ')}.`];
}
