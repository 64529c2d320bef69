// Feedback of a log as the click the pipeline makes of it.
import type { Click } from '../../../schemas/topics/clicks.ts';

/** Of one item; `positive` and `value` as the data set has them. */
export function clickOf(
  of: Pick<Click, 'userId' | 'itemId' | 'at' | 'kind' | 'positive' | 'value'>,
): Click {
  return {
    ...of,
    clickId: '',
    impressionId: '',
    source: 'logged',
    confidence: 1,
    similarity: null,
  };
}
