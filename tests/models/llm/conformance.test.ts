// Every head over hidden states under the suite of all learning policies.
import { describeFamily } from '../../support/describe-learning-policy.ts';
import { families } from '../../support/learning-policies.ts';

describeFamily(families.heads!);
