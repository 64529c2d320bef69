// The types of what comes in, for those who send it.
import type { z } from 'zod';
import type { feedbackRow } from './feedback.ts';
import type { itemRow } from './items.ts';
import type { recommendBody } from './recommend.ts';

/** A request for a slate. */
export type RecommendInput = z.input<typeof recommendBody>;

/** An event of feedback. */
export type FeedbackInput = z.input<typeof feedbackRow>;

/** A new or changed item, whole; or a deletion. */
export type ItemInput = z.input<typeof itemRow>;
