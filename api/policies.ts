// `millrace/policies`: what ranks. `policies` holds every policy that a variant can name; the types are
// those that a policy of your own implements.
export {
  type DrawnSlate,
  drawSlate,
  type Exploration,
  slateProbabilities,
  toProbabilities,
} from '../models/exploration.ts';
export { type PolicyEntry, policies } from '../models/policies.ts';
export type {
  Candidate,
  DecisionContext,
  LearningPolicy,
  Policy,
  PolicyKind,
} from '../models/policy.ts';
export type { Example } from '../schemas/topics/examples.ts';
