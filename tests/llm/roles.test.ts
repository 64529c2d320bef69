// A role is one file and a line in the registry: everything else follows from the list.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { leavesOf } from '../../app/config/leaves.ts';
import { llmOf } from '../../app/config/platform.ts';
import { readConfig } from '../../app/config/read.ts';
import { roleModels } from '../../infra/embedded/doctor/model.ts';
import { guarded } from '../../models/llm/fields.ts';
import { defineRole } from '../../models/llm/role.ts';
import { Roles, roles } from '../../models/llm/roles.ts';
import { title } from '../../models/llm/text-fields.ts';
import { writeSmallGguf } from '../support/small-gguf.ts';

const haggler = defineRole({
  name: 'haggler',
  doc: 'A price that a user would pay.',
  fields: { title },
  prompts: ['haggle-1'],
  usedBy: ['`haggle`'],
});
const withHaggler = new Roles<string>([...roles.defs, haggler]);

describe('a role that was added to the registry', () => {
  it('has an environment variable that names its model', () => {
    const settings = leavesOf(llmOf(withHaggler), ['llm']);
    expect(settings.find(({ path }) => path === 'llm.roles.haggler')).toMatchObject({
      env: 'LLM_MODEL_HAGGLER',
      description: 'A model of its own for the haggler. A price that a user would pay.',
    });
  });

  it('lets its own fields pass, masked, and no others', () => {
    expect(guarded(haggler, { title: 'Heat, a@example.com', price: '5' })).toEqual({
      fields: { title: 'Heat, [email]' },
      masked: { email: 1 },
      refused: 1,
    });
  });

  it('stands in the table of the docs', () => {
    expect(withHaggler.table().split('\n').at(-1)).toBe(
      '| haggler | A price that a user would pay. | `LLM_MODEL_HAGGLER` | title | haggle-1 | `haggle` |',
    );
    expect(withHaggler.table()).toContain(roles.table());
  });

  it('is opened by doctor', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-roles-'));
    try {
      const file = join(folder, 'dear.gguf');
      writeSmallGguf(file);
      const found = (model: string) =>
        roleModels({ llm: { roles: { haggler: model } } }, withHaggler);
      expect(await found(file)).toEqual([
        {
          part: 'Model of the haggler',
          status: 'ok',
          what: `${file} (LLM_MODEL_HAGGLER): GGUF, llama, 0 MB`,
        },
      ]);
      const missing = join(folder, 'none.gguf');
      expect(await found(missing)).toMatchObject([
        {
          status: 'missing',
          what: `There is no model file at ${missing}. LLM_MODEL_HAGGLER names it, or the default model was removed.`,
        },
      ]);
      const page = join(folder, 'page.gguf');
      writeFileSync(page, '<!doctype html>');
      expect(await found(page)).toMatchObject([
        {
          status: 'missing',
          what: expect.stringContaining('does not begin with the letters GGUF'),
        },
      ]);
      expect(await found('hf:a/b')).toMatchObject([{ status: 'ok' }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the registry', () => {
  it('gives every role of the settings its model', () => {
    const env = Object.fromEntries(
      roles.defs.map(({ name, variable }) => [variable, `${name}.gguf`]),
    );
    const expected = Object.fromEntries(roles.names.map((name) => [name, `${name}.gguf`]));
    expect(readConfig(env).llm.roles).toEqual(expected);
    expect(readConfig({}).llm.roles).toEqual({});
  });

  it.each([
    ['a name twice', 'judge'],
    ['a name that makes no variable', 'price-maker'],
  ])('refuses %s', (_, name) => {
    const wrong = defineRole({ ...haggler, name });
    expect(() => new Roles<string>([...roles.defs, wrong])).toThrow(
      expect.objectContaining({ code: 'role-invalid' }),
    );
  });
});
