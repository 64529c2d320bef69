// `millrace/client`: for an application that asks for slates and sends feedback, over HTTP with
// `MillraceClient`, or by a Kafka client of its own: then the types are those of the decoded records, and
// `requestOf` checks a request before it is sent.
export type { BatchAnswer, RefusedRow } from '../infra/http/api/batch.ts';
export type { Explained, FeedbackStatus } from '../infra/http/api/ports.ts';
export type {
  FeedbackInput,
  ItemInput,
  RecommendInput,
} from '../infra/http/api/routes/inputs.ts';
export {
  type BatchOptions,
  type CallOptions,
  type ClientOptions,
  type KnownRule,
  MillraceClient,
  type RuleBody,
  type Slate,
} from '../infra/http/client.ts';
export { MillraceError } from '../schemas/errors.ts';
export { type RequestInput, requestOf } from '../schemas/request-border.ts';
export type { Click } from '../schemas/topics/clicks.ts';
export type { DeadLetter } from '../schemas/topics/dead-letters.ts';
export type { Example } from '../schemas/topics/examples.ts';
export type { Explanation } from '../schemas/topics/explanations.ts';
export type { Impression } from '../schemas/topics/impressions.ts';
export type { Item } from '../schemas/topics/items.ts';
export { type Request, wordLimits } from '../schemas/topics/requests.ts';
export type { Reward } from '../schemas/topics/rewards.ts';
