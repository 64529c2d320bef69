// A rule of the shop as the HTTP interface shows it: as people write it, with who put it and when.
import { inputOf, ruleFields } from '../../../../schemas/rule-input.ts';
import type { ShopRule } from '../../../../schemas/topics/rules.ts';
import { jsonSchemaOf } from '../document.ts';
import { object, text, whole } from '../json-schema.ts';
import type { JsonSchema } from '../route.ts';

export const ruleAnswer: JsonSchema = object({
  rule: jsonSchemaOf(ruleFields),
  at: whole('When it was put, ms since 1970.'),
  owner: text('file: of millrace.yaml; people: put by a command or over HTTP.'),
});

export const shownRule = (rule: ShopRule) => ({
  rule: inputOf(rule),
  at: rule.at,
  owner: rule.owner,
});
