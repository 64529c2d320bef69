// `GET /v1/explain/:impression`: how a slate was decided, and the reasons for its items.
import { ruleKinds } from '../../../../schemas/topics/rules.ts';
import { list, number, object, orNull, text, whole } from '../json-schema.ts';
import type { Ports } from '../ports.ts';
import type { ApiRoute } from '../route.ts';

const cosine = (of: string) => orNull(number(`Cosine of the item to ${of}; null without vectors.`));

const reason = object(
  {
    text: text('The reason in words.'),
    citedItems: list(object({ itemId: text('Id.'), title: text('Title.') }), 'Items it names.'),
    citedGroups: list({ type: 'string' }, 'Groups it names.'),
    citedAttributes: list({ type: 'string' }, 'Attributes it names.'),
    model: text('What wrote it.'),
  },
  'The reason that the language model gave; null if none was.',
);

export function explainRoute({ explain }: Pick<Ports, 'explain'>): ApiRoute[] {
  if (!explain) return [];
  return [
    {
      method: 'GET',
      url: '/v1/explain/:impression',
      scope: 'read',
      summary: 'Why a slate is as it is',
      description:
        'Reads from ClickHouse; a slate that was served a moment ago may not be there yet.',
      params: { impression: 'Id of an impression.' },
      answer: object({
        impressionId: text('Id of the slate.'),
        userId: text('Whom it was for.'),
        at: whole('Time of the decision, ms since 1970.'),
        policy: text('Policy that decided.'),
        version: whole("Examples that the policy's parameters had seen."),
        variant: text('Arm of the experiment.'),
        tier: text('What decided: `fast`, `llm` or `foreign`.'),
        candidateCount: whole('Number of items it chose from.'),
        missing: list({ type: 'string' }, 'What had not arrived at the decision.'),
        items: list(
          object({
            itemId: text('Id.'),
            title: text('Title; empty for an item that is not in the catalogue.'),
            position: whole('From 0, top first.'),
            score: number('Score by the policy.'),
            propensity: number(
              'Probability of this item at this position given the ones above it.',
            ),
            similarity: cosine('what the user had liked'),
            intent: cosine("the user's intent"),
            rules: list(
              object({
                ruleId: text('Id.'),
                kind: { type: 'string', enum: [...ruleKinds], description: 'What it does.' },
              }),
              'Rules of the shop that acted at its position; a `pin` put it there.',
            ),
            reason: orNull(reason),
          }),
        ),
      }),
      errors: { 404: 'There is no such impression.' },
      handle: ({ params }) => explain(params.impression!),
    },
  ];
}
