// A thread that lives lives: one after the other, as it is asked.
import { answerQuestions } from '../../infra/threads.ts';
import { type LifeOptions, lifeOf } from './life.ts';

export interface Lived {
  readonly policy: string;
  readonly options: LifeOptions;
}

answerQuestions({ life: ({ policy, options }: Lived) => lifeOf(policy, options) });
