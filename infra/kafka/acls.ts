// The rights that Millrace needs on a cluster with an authorizer: just these, from what its topology reads and
// writes.
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Topology, topicsOf } from '../../streams/engine/topology.ts';

type Operation = 'Create' | 'Read' | 'Write' | 'DescribeConfigs';

/** Rights on resources of one kind; Read and Write include Describe. */
export interface Right {
  /** What they are for, as a comment. */
  readonly what: string;
  readonly resource: 'topic' | 'group' | 'transactional-id';
  readonly names: readonly string[];
  /** Whether a name stands for all that begin with it. */
  readonly prefixed: boolean;
  readonly operations: readonly Operation[];
}

/**
 * @param declared every topic of Millrace, those beside the topology included
 * @param nameOf name of a topic on the broker
 * @param application prefix of the groups and transactional ids
 */
export function rightsOf(
  topology: Topology,
  declared: readonly AnyTopic[],
  nameOf: (topic: AnyTopic) => string,
  application: string,
): Right[] {
  const named = [...new Set([...declared, ...topicsOf(topology)])];
  const all = named.filter((one) => !one.foreign);
  const foreign = named.filter((one) => one.foreign);
  const written = writtenBy(topology);
  const topic = (
    what: string,
    of: readonly AnyTopic[],
    operations: readonly Operation[],
  ): Right => ({
    what,
    resource: 'topic',
    names: of.map(nameOf),
    prefixed: false,
    operations,
  });
  const others = all.filter((one) => !written.has(one));
  return [
    topic('Every topic is made where it is missing, and read.', all, ['Create', 'Read']),
    topic('What the stages and enrichers write.', [...written], ['Write']),
    topic('What comes from outside: for `replay`, `demo` and the clients.', others, ['Write']),
    topic('For `millrace topics` alone.', all, ['DescribeConfigs']),
    {
      what: 'Groups of the stages, the enrichers, and processes that feed one ClickHouse server.',
      resource: 'group',
      names: [`${application}-`],
      prefixed: true,
      operations: ['Read'],
    },
    {
      what: 'Transactions of the tasks and of `replay`.',
      resource: 'transactional-id',
      names: [`${application}-`],
      prefixed: true,
      operations: ['Write'],
    },
    ...(foreign.length > 0
      ? [
          topic('Your own topics (`sources`): they are neither made nor written.', foreign, [
            'Read',
          ]),
        ]
      : []),
  ];
}

/** Topics that a topology writes: all but those that it reads alone. */
function writtenBy(topology: Topology): Set<AnyTopic> {
  const { stages, enrichers } = topology;
  const steps = [...stages, ...enrichers];
  const made = new Set([
    ...steps.flatMap(({ outputs }) => outputs),
    ...stages.flatMap(({ stores }) => stores.map(({ changelog }) => changelog)),
  ]);
  const read = new Set([
    ...steps.flatMap(({ inputs }) => inputs),
    ...steps.flatMap(({ tables }) => tables.map(({ topic }) => topic)),
  ]);
  return new Set(
    topicsOf(topology).filter((one) => !one.foreign && (made.has(one) || !read.has(one))),
  );
}

/** The rights as commands of Kafka's own tool. @param principal who gets them, such as `User:millrace` */
export function aclCommands(
  rights: readonly Right[],
  principal: string,
  brokers: readonly string[],
): string {
  return rights
    .filter(({ names }) => names.length > 0)
    .map(({ what, resource, names, prefixed, operations }) =>
      [
        `# ${what}`,
        `kafka-acls.sh --bootstrap-server ${brokers.join(',')} --add --allow-principal '${principal}' \\`,
        `  ${operations.map((one) => `--operation ${one}`).join(' ')} \\`,
        ...(prefixed ? ['  --resource-pattern-type prefixed \\'] : []),
        `  ${names.map((name) => `--${resource} '${name}'`).join(' ')}`,
      ].join('\n'),
    )
    .join('\n\n');
}
