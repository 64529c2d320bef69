// Every bandit under one suite.

import {
  factorizationAdagrad,
  factorizationFtrl,
} from '../../../models/bandit/factorization/policy.ts';
import { epsilonGreedyPolicy } from '../../../models/bandit/linear/epsilon-greedy.ts';
import { linUcb } from '../../../models/bandit/linear/lin-ucb.ts';
import { squareCb } from '../../../models/bandit/linear/square-cb.ts';
import { linearThompson } from '../../../models/bandit/linear/thompson.ts';
import { describeLearningPolicy } from '../../support/describe-learning-policy.ts';

describeLearningPolicy(linUcb, { requests: 1500, margin: 1.35 });
describeLearningPolicy(linearThompson, { requests: 1500, margin: 1.3 });
describeLearningPolicy(epsilonGreedyPolicy, { requests: 1500, margin: 1.4 });
describeLearningPolicy(squareCb, { requests: 1500, margin: 1.4 });
describeLearningPolicy(factorizationAdagrad, { requests: 1500, margin: 1.4 });
describeLearningPolicy(factorizationFtrl, { requests: 1500, margin: 1.4 });
