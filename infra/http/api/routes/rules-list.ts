// `GET /v1/rules`: the rules of the shop.
import { list, object } from '../json-schema.ts';
import { type ApiRoute, route } from '../route.ts';
import type { RulesPort } from '../rules-port.ts';
import { ruleAnswer, shownRule } from './rule-answer.ts';

export function rulesListRoute(port: Pick<RulesPort, 'all'>): ApiRoute {
  return route({
    method: 'GET',
    url: '/v1/rules',
    scope: 'admin',
    summary: 'The rules of the shop',
    description: 'Gives every rule, by id. What they did is in SQL: the view `rule_effects`.',
    answer: object({ rules: list(ruleAnswer) }),
    async handle({ call }) {
      return { rules: (await port.all(call)).map(shownRule) };
    },
  });
}
