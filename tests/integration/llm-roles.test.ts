// Models that roles have of their own: what a configuration opens, and who judges whom.
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { readConfig } from '../../app/config/read.ts';
import { openLlm } from '../../app/llm.ts';
import { explainOptions } from '../../app/topology.ts';
import { roles } from '../../models/llm/roles.ts';
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

describe('the models of the roles', () => {
  it('are opened for the roles that somebody asks, and for no other', async () => {
    // Files that cannot be opened: nobody tries.
    const config = readConfig({
      LLM_MODEL_JUDGE: join(scratch, 'no-judge.gguf'),
      LLM_MODEL_SIMULATOR: join(scratch, 'no-simulator.gguf'),
      LLM_MODEL_POLICY: other,
    });
    await using stack = new AsyncDisposableStack();
    const asked = ['representer', 'policy', 'explainer'] as const;
    const { schedulers, opened } = await openLlm(config, model, asked, stack, logs);
    expect(opened).toHaveLength(2);
    expect(schedulers('policy')).not.toBe(schedulers('representer'));
    expect(schedulers('explainer')).toBe(schedulers('representer'));
    for (const role of ['judge', 'simulator', 'reasoner'] as const) {
      expect(() => schedulers(role)).toThrow(expect.objectContaining({ code: 'role-not-opened' }));
    }
  });
});

describe('a judge', () => {
  it('is opened beside the model of the others, and is asked about their drafts', async () => {
    const config = readConfig({ LLM_MODEL_JUDGE: other });
    expect(explainOptions(config.llm)).toEqual({ prose: false, judge: {} });
    await using stack = new AsyncDisposableStack();
    const { schedulers } = await openLlm(config, model, roles.names, stack, logs);
    expect(schedulers('judge')).not.toBe(schedulers('explainer'));
    expect(schedulers('reasoner')).toBe(schedulers('explainer'));
    const judging = Judging.of(schedulers, 'explainer');
    const scores = await judging?.ask((llm) => llm.score('The movie', [' was', ' is']));
    expect(scores).toHaveLength(2);
    expect(Math.max(...scores!)).toBeLessThan(0);
    // The other model was not asked.
    expect(schedulers('judge').queue.metrics.done).toBe(1);
    expect(schedulers('explainer').queue.metrics.done).toBe(0);
  });

  it('is none where its model is the one that drafts', async () => {
    const config = readConfig({ LLM_MODEL_JUDGE: other, LLM_MODEL_EXPLAINER: other });
    await using stack = new AsyncDisposableStack();
    const { schedulers } = await openLlm(config, other, roles.names, stack, logs);
    expect(schedulers('judge')).toBe(schedulers('explainer'));
    expect(Judging.of(schedulers, 'explainer')).toBeUndefined();
  });
});

it('no judge is asked that was not named', () => {
  expect(explainOptions(readConfig({ LLM_MODEL_EXPLAINER: 'm' }).llm)).toEqual({ prose: true });
});
