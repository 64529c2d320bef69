// `millrace/policies`: what ranks. `policies` holds every kind of learning policy by name; the types are
// those that a policy of your own implements.
export {
  drawSlate,
  type Exploration,
  type Slate,
  slateProbabilities,
  toProbabilities,
} from '../models/exploration.ts';
export { policies } from '../models/policies.ts';
export type {
  Candidate,
  DecisionContext,
  ExampleWithCandidates,
  LearningPolicy,
  Policy,
  PolicyKind,
} from '../models/policy.ts';
