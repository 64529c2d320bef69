// Models that roles have of their own: what a configuration opens, and who judges whom.
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { readConfig } from '../../app/config/read.ts';
import { openLlm } from '../../app/parts.ts';
import { explainOptions } from '../../app/topology.ts';
import { Judging } from '../../streams/enrichers/judging.ts';
import { modelFile as model, needModel } from '../support/model-file.ts';

// Models take seconds to open where other tests share the cores.
jest.setTimeout(180_000);

const logs = { log: pino({ level: 'silent' }), say: () => {} };

let scratch: string;
/** The same model under another path. */
let other: string;

beforeAll(async () => {
  needModel();
  scratch = await mkdtemp(join(tmpdir(), 'millrace-roles-'));
  other = join(scratch, basename(model));
  await symlink(model, other);
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe('a judge', () => {
  it('is opened beside the model of the others, and is asked about their drafts', async () => {
    const config = readConfig({ LLM_MODEL_JUDGE: other });
    expect(explainOptions(config.llm)).toEqual({ prose: false, judge: {} });
    await using stack = new AsyncDisposableStack();
    const { desks } = await openLlm(config, model, stack, logs);
    expect(desks('judge')).not.toBe(desks('explainer'));
    expect(desks('reasoner')).toBe(desks('explainer'));
    const judging = Judging.of(desks, 'explainer');
    const scores = await judging?.ask((llm) => llm.score('The movie', [' was', ' is']));
    expect(scores).toHaveLength(2);
    expect(Math.max(...scores!)).toBeLessThan(0);
    // The other model was not asked.
    expect(desks('judge').queue.metrics.done).toBe(1);
    expect(desks('explainer').queue.metrics.done).toBe(0);
  });

  it('is none where its model is the one that drafts', async () => {
    const config = readConfig({ LLM_MODEL_JUDGE: other, LLM_MODEL_EXPLAINER: other });
    await using stack = new AsyncDisposableStack();
    const { desks } = await openLlm(config, other, stack, logs);
    expect(desks('judge')).toBe(desks('explainer'));
    expect(Judging.of(desks, 'explainer')).toBeUndefined();
  });
});

it('no judge is asked that was not named', () => {
  expect(explainOptions(readConfig({ LLM_MODEL_EXPLAINER: 'm' }).llm)).toEqual({ prose: true });
});
