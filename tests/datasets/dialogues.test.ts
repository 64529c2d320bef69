// ReDial and OpenDialKG in their official formats, on small dialogues of the project's own making.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../datasets/dataset.ts';
import { datasets } from '../../datasets/index.ts';
import { describeDataset } from '../support/describe-dataset.ts';
import { collect, faults } from '../support/log-checks.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const scratch = mkdtempSync(join(tmpdir(), 'millrace-dialogues-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function stepsOf(dataset: Dataset, folder: string) {
  await using log = await dataset.open(join(fixtures, folder), { scratch });
  const steps = await collect(log.steps());
  expect(faults(steps, log, dataset)).toEqual([]);
  return steps;
}

const begin = Date.UTC(2018, 0, 1);

describe('ReDial', () => {
  it('asks with all that the seeker said, shows what the other names, and is answered by the form', async () => {
    const steps = await stepsOf(datasets.redial, 'redial');
    const first = steps.filter((step) => JSON.stringify(step).includes('redial-1'));
    expect(first.map((step) => [step.kind, (step.at - begin) / 1000])).toEqual([
      ['session', 0],
      ['request', 0],
      ['impression', 20],
      ['request', 45],
      ['click', 75],
      ['click', 75],
    ]);
    const asked = first.flatMap((step) => (step.kind === 'request' ? [step.request] : []));
    expect(asked.map(({ said }) => said)).toEqual([
      ['Hi, I loved The Lantern (1999)'],
      ['Hi, I loved The Lantern (1999)', 'I will, thanks'],
    ]);
    expect(asked[0]).toMatchObject({
      userId: '7',
      surface: 'dialogue',
      context: { dialogue: '1' },
    });
    const answers = first.flatMap((step) => (step.kind === 'click' ? [step.click] : []));
    expect(
      answers.map(({ itemId, impressionId, positive }) => [itemId, impressionId, positive]),
    ).toEqual([
      ['101', '', true],
      ['102', 'redial-1-1', true],
    ]);
  });

  it("takes the other's form where the seeker left none, and never goes back in time", async () => {
    const steps = await stepsOf(datasets.redial, 'redial');
    const second = steps.filter((step) => JSON.stringify(step).includes('redial-2'));
    const answers = second.flatMap((step) => (step.kind === 'click' ? [step.click] : []));
    expect(answers.map(({ itemId, positive, value }) => [itemId, positive, value])).toEqual([
      ['103', false, 0],
      ['101', true, 1],
    ]);
  });

  it('leaves ids that stand for no title as they are', async () => {
    const steps = await stepsOf(datasets.redial, 'redial');
    const said = steps.flatMap((step) => (step.kind === 'request' ? step.request.said! : []));
    expect(said).toContain('Do you know @104 or @199?');
    const catalogue = await collect(datasets.redial.items(join(fixtures, 'redial')));
    expect(catalogue.map(({ itemId, title }) => [itemId, title])).toEqual([
      ['101', 'The Lantern (1999)'],
      ['102', 'Harbour Lights (2005)'],
      ['103', 'Night Train (1987)'],
      ['105', 'Ölspur (2011)'],
    ]);
  });
});

describe('OpenDialKG', () => {
  it('shows where the walk leads, and takes what the user names again as a like', async () => {
    const steps = await stepsOf(datasets.opendialkg, 'opendialkg');
    const answers = steps.flatMap((step) => (step.kind === 'click' ? [step.click] : []));
    expect(answers.map(({ itemId, positive }) => [itemId, positive])).toEqual([
      ['The Lantern', true],
      ['Harbour Lights', false],
      ['Night Train', true],
    ]);
    expect(steps.filter(({ kind }) => kind === 'request')).toHaveLength(6);
  });

  it('plays processed turns of every split where there is no CSV', async () => {
    const steps = await stepsOf(datasets.opendialkg, 'opendialkg-turns');
    const shown = steps.flatMap((step) => (step.kind === 'impression' ? [step.impression] : []));
    expect(shown.map(({ items }) => items.map(({ itemId }) => itemId))).toEqual([
      ['The Lantern'],
      ['Night Train'],
      ['Harbour Lights'],
      ['Night Train'],
      ['Night Train', 'The Lantern'],
    ]);
    const dead = steps.flatMap((step) => (step.kind === 'dead' ? [step.deadLetter] : []));
    expect(dead.map(({ line, reason }) => [line, reason])).toEqual([
      [2, expect.stringContaining('turn_id: ')],
    ]);
    const liked = steps.flatMap((step) =>
      step.kind === 'click' && step.click.positive ? [step.click.itemId] : [],
    );
    expect(liked).toEqual(['The Lantern']);
  });
});

describeDataset(() => ({
  dataset: datasets.redial,
  folder: join(fixtures, 'redial'),
  log: 'valid_data.jsonl',
  hasHeader: false,
  catalogue: [],
  rows: 6,
  unreadable: [3, 5],
  unreadableItems: [],
  asks: true,
  spoil: (text) => ({
    text: text.replaceAll('"messages"', '"turns"'),
    named: 'movieMentions, respondentQuestions, turns',
  }),
}));

describeDataset(() => ({
  dataset: datasets.opendialkg,
  folder: join(fixtures, 'opendialkg'),
  log: 'opendialkg.csv',
  hasHeader: true,
  catalogue: [],
  rows: 4,
  unreadable: [4],
  unreadableItems: [],
  asks: true,
  spoil: (text) => ({ text: text.replace('Messages', 'Talk'), named: 'Talk, User Rating' }),
}));
