// Starts Millrace's side of the comparison and takes its figures.
import { z } from 'zod';
import { positions } from '../../schemas/topics/positions.ts';
import { benchExamples, openChangelog, usersChangelog } from '../attribute/topics.ts';
import type { BenchBroker } from '../support/broker.ts';
import { startChild } from '../support/child.ts';
import { compacted, createTopics } from '../support/topics.ts';
import { type Figures, figuresShape, passes } from './figures.ts';

/** The shape of what the process of bench/attribute/ours.ts is told. */
export const oursShape = z.object({
  /** Bootstrap address, `host:port`. */
  address: z.string(),
  brokerPid: z.int(),
  /** Prefix of groups and topics; every pass adds its own mark. */
  id: z.string(),
  commitMs: z.int().positive(),
  /** Number of members of the group, each in a thread of its own. */
  threads: z.int().positive(),
});

/** What each thread of the process is told. */
export interface OursThread extends z.infer<typeof oursShape> {
  /** Number of records processed, 32 bits for each thread. */
  readonly counts: SharedArrayBuffer;
  readonly thread: number;
}

export interface OursSettings {
  readonly commitMs: number;
  readonly threads: number;
  /** Directory into which the process writes a CPU profile. @default none is written */
  readonly profile?: string | undefined;
}

/** Prefix of a pass: of its application, its output and its changelogs. */
export const oursPrefix = (id: string, pass: number): string => `${id}-p${pass}-`;

/** Name of the output topic of a pass. */
export const oursOutput = (id: string, pass: number): string =>
  oursPrefix(id, pass) + benchExamples.name;

/** Runs this side. @returns the figures of every pass, the cold one first */
export async function runOurs(
  broker: BenchBroker,
  id: string,
  settings: OursSettings,
): Promise<Figures[]> {
  for (let pass = 1; pass <= passes; pass++) {
    const prefix = oursPrefix(id, pass);
    const changelogs = [openChangelog, usersChangelog, positions].map(({ name }) => prefix + name);
    await createTopics(broker.admin, [oursOutput(id, pass)]);
    await createTopics(broker.admin, changelogs, compacted);
  }
  const { address, pid: brokerPid, signal } = broker;
  const { commitMs, threads, profile } = settings;
  const figures: Figures[] = [];
  await using child = startChild('../attribute/ours.ts', {
    told: { address, brokerPid, id, commitMs, threads } satisfies z.infer<typeof oursShape>,
    flags: profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [],
    signal,
    onMessage: (message) => figures.push(figuresShape.parse(message)),
  });
  await child.ended;
  if (figures.length !== passes) throw new Error(`Only ${figures.length} of ${passes} passes ran.`);
  return figures;
}
