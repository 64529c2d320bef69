// `PUT /v1/rules/{rule}`: puts a rule of the shop, in place of the one of that id.
import type { z } from 'zod';
import { ruleFields, ruleOf } from '../../../../schemas/rule-input.ts';
import { list, object, text } from '../json-schema.ts';
import { type ApiRoute, route } from '../route.ts';
import type { RulesPort } from '../rules-port.ts';
import { openObject } from './fields.ts';
import { ruleAnswer, shownRule } from './rule-answer.ts';

export interface RulesPutOptions {
  readonly port: Pick<RulesPort, 'put'>;
  readonly now: () => number;
}

export function rulesPutRoute({ port, now }: RulesPutOptions): ApiRoute {
  return route<z.infer<typeof openObject>>({
    method: 'PUT',
    url: '/v1/rules/:rule',
    scope: 'admin',
    summary: 'Puts a rule of the shop',
    description:
      'Puts a rule in place of the one of that id. It answers once the rule is durable; every member holds to it within a second. `id` in the body may be left out. Put again, it does no harm.',
    params: { rule: 'Id of the rule.' },
    body: openObject,
    documented: ruleFields.partial({ id: true }),
    answer: object({
      ...(ruleAnswer as { properties: Record<string, object> }).properties,
      warnings: list(text('What the rule names and the catalogue does not know.')),
    }),
    errors: { 409: 'The rule is one of millrace.yaml, or there are too many.' },
    async handle({ body, params, call }) {
      const rule = ruleOf({ ...body, id: params.rule }, { at: now(), owner: 'people' });
      const warnings = await port.put(rule, call);
      return { ...shownRule(rule), warnings };
    },
  });
}
