// Every reinforcement learner under one suite.
import { actorCritic } from '../../../models/rl/actor-critic.ts';
import { dpo } from '../../../models/rl/dpo.ts';
import { grpo } from '../../../models/rl/grpo.ts';
import { ppo } from '../../../models/rl/ppo.ts';
import { topK } from '../../../models/rl/top-k.ts';
import { describeLearningPolicy } from '../../support/describe-learning-policy.ts';

describeLearningPolicy(actorCritic, { requests: 1500, margin: 1.3 });
describeLearningPolicy(ppo, { requests: 1500, margin: 1.4 });
describeLearningPolicy(grpo, { requests: 1500, margin: 1.35, slates: 4 });
describeLearningPolicy(dpo, { requests: 1500, margin: 1.4 });
describeLearningPolicy(topK, { requests: 1500, margin: 1.3 });
