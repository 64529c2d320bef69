// `DELETE /v1/rules/{rule}`: removes a rule of the shop.
import { object, text } from '../json-schema.ts';
import { type ApiRoute, route } from '../route.ts';
import type { RulesPort } from '../rules-port.ts';

export function rulesRemoveRoute(port: Pick<RulesPort, 'remove'>): ApiRoute {
  return route({
    method: 'DELETE',
    url: '/v1/rules/:rule',
    scope: 'admin',
    summary: 'Removes a rule of the shop',
    description: 'It answers once the removal is durable; no member holds to the rule a second on.',
    params: { rule: 'Id of the rule.' },
    answer: object({ removed: text('Id of the rule.') }),
    errors: { 404: 'There is no such rule.', 409: 'The rule is one of millrace.yaml.' },
    async handle({ params, call }) {
      await port.remove(params.rule!, call);
      return { removed: params.rule };
    },
  });
}
