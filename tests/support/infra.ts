// The real broker and registry that the integration tests of one run share.
// Give every test topics and groups of its own: others use the same broker.
import { describe } from '@jest/globals';
import { type Infra, whyNoContainers } from './containers.ts';

const why = process.env.TEST_INFRA === 'containers' ? await whyNoContainers() : '';

/** `describe` for tests that call startInfra(); skipped only on containers that cannot be had. */
export const describeOnInfra = why ? describe.skip : describe;

/** Starts them at the first call of a run (allow a minute or two), and answers at once later. */
export async function startInfra(): Promise<Infra> {
  const url = process.env.MILLRACE_TEST_INFRA;
  if (!url)
    throw new Error('startInfra() works inside jest, whose global set-up offers the parts.');
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Infra;
}
