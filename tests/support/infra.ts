// The real broker and registry that the integration tests of one run share.
// Give every test topics and groups of its own: others use the same broker.
import { describe } from '@jest/globals';
import { whyNoContainers } from './containers.ts';

const why = process.env.TEST_INFRA === 'containers' ? await whyNoContainers() : '';

/** `describe` for tests that call startInfra(); skipped only on containers that cannot be had. */
export const describeOnInfra = why ? describe.skip : describe;

export interface Infra {
  /** Bootstrap address, `host:port`. */
  brokers: string;
  /** Base address of the Confluent-compatible API. */
  registryUrl: string;
  /** Only with TEST_INFRA=containers: the server, and how it sees the other two. */
  clickhouse?: { url: string; brokers: string; registryUrl: string };
}

/** Starts them at the first call of a run (allow a minute or two), and answers at once later. */
export async function startInfra(): Promise<Infra> {
  const url = process.env.MILLRACE_TEST_INFRA;
  if (!url)
    throw new Error('startInfra() works inside jest, whose global set-up offers the parts.');
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Infra;
}
