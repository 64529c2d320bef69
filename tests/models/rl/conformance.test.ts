// Every reinforcement learner under the suite of all learning policies.
import { expect, it } from '@jest/globals';
import { learningPolicies } from '../../../models/policies.ts';
import { describeFamily } from '../../support/describe-learning-policy.ts';
import { families } from '../../support/learning-policies.ts';

describeFamily(families.reinforcement!);

it('no policy is left out of the suites', () => {
  const tested = Object.values(families).flatMap((family) => Object.keys(family));
  expect(tested.sort()).toEqual([...learningPolicies.keys()].sort());
});
