// The roles of the language model. A new role is a file in roles/ and a line here; settings, opened
// models, docs and `doctor` follow from this list.
import { MillraceError } from '../../schemas/errors.ts';
import type { RoleDef } from './role.ts';
import { explainer } from './roles/explainer.ts';
import { judge } from './roles/judge.ts';
import { policy } from './roles/policy.ts';
import { reasoner } from './roles/reasoner.ts';
import { representer } from './roles/representer.ts';
import { simulator } from './roles/simulator.ts';

/** Roles by name. */
export class Roles<N extends string = string> {
  readonly defs: readonly RoleDef<N>[];
  readonly names: readonly N[];

  /**
   * @throws MillraceError `role-invalid` if two roles have one name, or a name is no lower-case
   * word
   */
  constructor(defs: readonly RoleDef<N>[]) {
    this.defs = defs;
    this.names = defs.map(({ name }) => name);
    const wrong = this.names.find(
      (name, i) => this.names.indexOf(name) !== i || !/^[a-z]+$/.test(name),
    );
    if (wrong !== undefined) throw invalid(wrong);
  }

  /** A Markdown table of the roles. */
  table(): string {
    const rows = this.defs.map(({ name, doc, variable, prompts, usedBy, fields }) => {
      const shown = Object.keys(fields).join(', ');
      return `| ${name} | ${doc} | \`${variable}\` | ${shown} | ${prompts.join(', ')} | ${usedBy.join('; ')} |`;
    });
    const head =
      '| role | asked for | a model of its own | fields its prompts may hold | prompts | used by |';
    return [head, '|---|---|---|---|---|---|', ...rows].join('\n');
  }
}

export const roles = new Roles([policy, reasoner, representer, explainer, simulator, judge]);

/** Name of a role. */
export type Role = (typeof roles)['names'][number];

function invalid(name: string): MillraceError {
  return new MillraceError({
    code: 'role-invalid',
    what: `The role ${name} of the language model cannot be listed.`,
    why: 'A name is one lower-case word and belongs to one role, since its variable is made of it.',
    todo: 'Give the role another name.',
  });
}
