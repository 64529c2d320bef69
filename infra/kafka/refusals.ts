// What a broker's refusals mean, by the protocol's name of the error, and which right a refused call needs.
// Source: https://kafka.apache.org/protocol#protocol_error_codes, and the operations and resources of
// https://kafka.apache.org/documentation/#operations_resources_and_protocols.

export interface Refusal {
  readonly what: string;
  readonly todo: string;
  /** Whether a later try may end otherwise. */
  readonly passes: boolean;
}

const never = (what: string, todo: string): Refusal => ({ what, todo, passes: false });
const later = (what: string, todo: string): Refusal => ({ what, todo, passes: true });

const tooFew = later(
  'Too few replicas of a partition are in sync to write to it.',
  'Bring the brokers back that are away; min.insync.replicas of the topic says how many must be there.',
);

const notThere = 'Ask whoever runs the brokers; the name of the error is in `why`.';

/** Refusals that say more than their name does. */
const refusals: Readonly<Record<string, Refusal>> = {
  INVALID_TIMESTAMP: never(
    'The broker refuses a record for its time.',
    'Raise message.timestamp.after.max.ms or message.timestamp.before.max.ms of the topic, or correct the clock of this machine.',
  ),
  NOT_ENOUGH_REPLICAS: tooFew,
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: tooFew,
  INVALID_REPLICATION_FACTOR: never(
    'A topic cannot have so many replicas.',
    'Set topics.replication to the number of brokers at most, or start the brokers that are missing.',
  ),
  UNSUPPORTED_VERSION: never(
    'The broker does not know a call in the form that is used here.',
    'Use brokers of Kafka 2.5 or later; Kafka 4.2 is what is tested.',
  ),
  UNSUPPORTED_FOR_MESSAGE_FORMAT: never(
    'The format of records on the broker cannot hold transactions.',
    'Use brokers of Kafka 2.5 or later.',
  ),
  UNSUPPORTED_COMPRESSION_TYPE: never(
    'The broker refuses the compression of a topic.',
    'Set compression.type of the topic to producer, or to one that the broker knows.',
  ),
  INVALID_RECORD: never(
    'The broker refuses a record by a rule of its own.',
    'Look into the log of the broker: a compacted topic takes no record without a key.',
  ),
  INVALID_CONFIG: never('The broker refuses a setting of a topic.', notThere),
  POLICY_VIOLATION: never(
    'A policy of the broker refuses a topic.',
    'Let whoever runs the brokers make the topics, or allow what create.topic.policy.class.name refuses.',
  ),
  INVALID_TOPIC_EXCEPTION: never(
    'The broker refuses the name of a topic.',
    'Use another TOPIC_PREFIX: letters, digits, dot, dash and underscore, 249 characters with the name.',
  ),
  INVALID_PARTITIONS: never(
    'The broker refuses the number of partitions of a topic.',
    'Start with another --partitions.',
  ),
  INVALID_TRANSACTION_TIMEOUT: never(
    'The broker allows no transaction of a minute.',
    'Raise transaction.max.timeout.ms of the brokers to 60000 or more.',
  ),
  INVALID_SESSION_TIMEOUT: never(
    'The broker refuses the time after which a silent member is given up.',
    'Set SESSION_TIMEOUT_MS within group.min.session.timeout.ms and group.max.session.timeout.ms of the brokers.',
  ),
  INVALID_GROUP_ID: never('The broker refuses the name of a group.', 'Use another TOPIC_PREFIX.'),
  INCONSISTENT_GROUP_PROTOCOL: never(
    'A consumer of another kind is in a group of Millrace.',
    'End it, or give Millrace another TOPIC_PREFIX. `millrace topics` shows the kinds of groups.',
  ),
  GROUP_MAX_SIZE_REACHED: never(
    'A group has as many members as the broker allows.',
    'Run fewer members, or raise group.max.size of the brokers.',
  ),
  FENCED_INSTANCE_ID: never(
    'Another process has the name of this one in the group.',
    'Give each process an --instance-id of its own.',
  ),
  KAFKA_STORAGE_ERROR: later('A broker cannot write to its disk.', 'Look at its log and its disk.'),
};

/** Types by which a broker says that nobody does a thing at the moment. */
const nobody = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REQUEST_TIMED_OUT',
  'BROKER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'NETWORK_EXCEPTION',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'NOT_CONTROLLER',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'PREFERRED_LEADER_NOT_AVAILABLE',
  'ELIGIBLE_LEADERS_NOT_AVAILABLE',
]);

/** What a refusal means; undefined for one that says that nobody does it at the moment. */
export function refusalOf(type: string): Refusal | undefined {
  if (nobody.has(type)) return undefined;
  return refusals[type] ?? later('The broker refuses what it is asked.', notThere);
}

const transactional = 'Write on the transactional id';

/** Rights that a call needs, by the resource that was refused. */
const rights: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  TOPIC: {
    Fetch: 'Read on the topic',
    OffsetCommit: 'Read on the topic',
    TxnOffsetCommit: 'Read on the topic',
    Produce: 'Write on the topic',
    AddPartitionsToTxn: 'Write on the topic',
    CreateTopics: 'Create on the topic or the cluster',
    DescribeConfigs: 'DescribeConfigs on the topic',
  },
  GROUP: {
    FindCoordinator: 'Describe on the group',
    GroupCoordinator: 'Describe on the group',
    OffsetFetch: 'Describe on the group',
    DescribeGroups: 'Describe on the group',
    ConsumerGroupDescribe: 'Describe on the group',
    ShareGroupDescribe: 'Describe on the group',
  },
  TRANSACTIONAL_ID: {
    FindCoordinator: 'Describe on the transactional id',
    GroupCoordinator: 'Describe on the transactional id',
  },
  CLUSTER: {
    InitProducerId: 'IdempotentWrite on the cluster, or Write on a topic',
    CreateTopics: 'Create on the topic or the cluster',
  },
};

const otherwise: Readonly<Record<string, string>> = {
  TOPIC: 'Describe on the topic',
  GROUP: 'Read on the group',
  TRANSACTIONAL_ID: transactional,
  CLUSTER: 'a right on the cluster',
};

/**
 * The right that a call lacks, such as `Read on the topic`; undefined for an error that is none of
 * authorization.
 * @param api the protocol's name of the call; undefined if it is not known
 */
export function lackingRight(type: string, api: string | undefined): string | undefined {
  const [, resource] = /^(.+)_AUTHORIZATION_FAILED$/.exec(type) ?? [];
  if (resource === undefined) return undefined;
  return rights[resource]?.[api ?? ''] ?? otherwise[resource];
}
