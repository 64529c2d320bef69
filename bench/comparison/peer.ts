// The peer: Kafka Streams doing the same job, built by Maven and run in a process of its own.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { lastLines, run, works } from '../../infra/embedded/command.ts';
import { findJava } from '../../infra/embedded/java.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { benchClicks, benchImpressions } from '../attribute/topics.ts';
import { type BenchBroker, say } from '../support/broker.ts';
import { createTopics } from '../support/topics.ts';
import { type Figures, figuresShape, passes } from './figures.ts';

export interface PeerSettings {
  readonly store: 'memory' | 'rocksdb';
  /**
   * Names of the stores behind its record cache, with commas between. The default, none, is that of
   * its Processor API.
   */
  readonly cached: string;
  readonly commitMs: number;
  /** Number of stream threads. */
  readonly threads: number;
}

const home = fileURLToPath(new URL('../peers/kafka-streams', import.meta.url));
const jar = join(home, 'target', 'kafka-streams-attribute-1.jar');

/**
 * Builds the peer.
 * @throws MillraceError `part-missing` without Maven or Java, `part-not-fetched` if Maven fails
 */
export async function buildPeer(): Promise<void> {
  await findJava();
  const sources = ['Attribute.java', 'pom.xml'].map((name) => statSync(join(home, name)).mtimeMs);
  if (existsSync(jar) && statSync(jar).mtimeMs > Math.max(...sources)) return;
  if (!(await works('mvn', ['-v']))) {
    throw new MillraceError({
      code: 'part-missing',
      what: 'Maven is missing: no `mvn` that works.',
      why: 'It builds the Kafka Streams side of the comparison.',
      todo: 'Install it (Debian: apt-get install maven; macOS: brew install maven), or measure with --only ours.',
    });
  }
  say('Building the Kafka Streams side by Maven, once');
  const built = await run('mvn', ['-q', '-B', 'package'], {
    cwd: home,
    what: 'Building',
    log: say,
  });
  if (built.code === 0) return;
  throw new MillraceError({
    code: 'part-not-fetched',
    what: 'Maven could not build the Kafka Streams side of the comparison.',
    why: lastLines(built.output),
    todo: 'A JDK of 17 or later is needed (not only a JRE), and its repository in reach.',
    remedy: 'retry',
  });
}

/** Name of the output topic of a pass. */
export const peerOutput = (id: string, pass: number): string => `${id}-out-p${pass}`;

/** Runs the peer. @returns the figures of every pass, the cold one first */
export async function runPeer(
  broker: BenchBroker,
  id: string,
  settings: PeerSettings,
): Promise<Figures[]> {
  const { command } = await findJava();
  const outputs = Array.from({ length: passes }, (_, i) => peerOutput(id, i + 1));
  await createTopics(broker.admin, outputs);
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=off';
  const classpath = [jar, join(home, 'target', 'lib', '*')].join(
    process.platform === 'win32' ? ';' : ':',
  );
  const child = spawn(command, ['-Xmx1g', quiet, '-cp', classpath, 'Attribute'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal: broker.signal,
    env: {
      ...process.env,
      KAFKA: broker.address,
      BROKER_PID: String(broker.pid),
      IMPRESSIONS: benchImpressions.name,
      CLICKS: benchClicks.name,
      APP: id,
      OUTPUT: `${id}-out`,
      STORE: settings.store,
      CACHED: settings.cached,
      COMMIT_MS: String(settings.commitMs),
      THREADS: '2',
      PASSES: String(passes),
      STATE_DIR: join(broker.directory, id),
    },
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  ended.catch(() => {}); // awaited below, once its output has ended
  try {
    const figures: Figures[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      figures.push(figuresShape.parse(JSON.parse(line)));
    }
    const code = await ended;
    if (figures.length !== passes) {
      throw new Error(`The peer ended with ${code} after ${figures.length} of ${passes} passes.`);
    }
    return figures;
  } finally {
    kill();
    process.removeListener('exit', kill);
  }
}
