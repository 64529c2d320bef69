// Which application a data directory and its topics belong to. The demo answers slates by a simulator: what
// it says never meets what people say. What it serves is left beside its data, so that `experiment` and
// `rebuild` look at what ran there.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Kafka } from 'kafkajs';
import { runPath } from '../infra/embedded/run-file.ts';
import { MillraceError } from '../schemas/errors.ts';
import type { Layer } from './config/layers.ts';
import type { Config } from './config/read.ts';

type Place = Pick<Config, 'dataDir'>;

/** Who serves people: what the configuration says. */
const forPeople: Layer = { name: 'run', values: {} };

const fileOf = ({ dataDir }: Place) => runPath(dataDir, 'application');

/** The application that served here last; undefined where none has. */
function readApplication(place: Place): Layer | undefined {
  const file = fileOf(place);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Layer) : undefined;
}

/**
 * Takes a data directory for an application that simulates, or for people. To be called under the lock.
 * @param application what simulates. @default people are served
 * @throws MillraceError `simulated-feedback`
 */
export function takeForApplication(place: Place, application: Layer = forPeople): void {
  const before = readApplication(place);
  if (before && before.name !== application.name) {
    throw mixed(
      application === forPeople,
      `It has run in ${place.dataDir}, and its topics and tables hold what it said.`,
    );
  }
  mkdirSync(dirname(fileOf(place)), { recursive: true });
  writeFileSync(fileOf(place), JSON.stringify(application));
}

/** What the application that served last has set over the configuration; undefined where none has. */
export function readServed(place: Place): Layer | undefined {
  const found = readApplication(place);
  return found?.name === forPeople.name ? undefined : found;
}

/**
 * Looks at who has read the topics of a broker, which several data directories may share.
 * @param application prefix of the consumer groups
 * @param simulates whether a simulator is to answer
 * @throws MillraceError `simulated-feedback`
 */
export async function checkGroups(
  kafka: Kafka,
  application: string,
  simulates: boolean,
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const { groups } = await admin.listGroups().finally(() => admin.disconnect());
  const has = (name: string) => groups.some(({ groupId }) => groupId === `${application}-${name}`);
  const simulated = has('simulate');
  if (simulates ? has('serve') && !simulated : simulated) {
    throw mixed(!simulates, `The broker has groups of the other one under ${application}-….`);
  }
}

function mixed(people: boolean, why: string): MillraceError {
  return new MillraceError({
    code: 'simulated-feedback',
    what: people
      ? 'The simulator of the demo has answered here: people cannot be served from the same topics.'
      : 'People are served here: the simulator of the demo cannot answer in the same topics.',
    why,
    todo: 'Name another directory with --data-dir; on your own Kafka other topics, too, with TOPIC_PREFIX.',
  });
}
