// `attribute`: the store of the slates that wait for feedback, and the dead letter of a click that none takes.
import type { Attribution } from '../../models/attribution.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import type { DeadLetter } from '../../schemas/topics/dead-letters.ts';
import { openImpressions } from '../../schemas/topics/open-impressions.ts';
import type { RecordMetadata } from '../engine/stage.ts';
import { defineStore } from '../engine/store.ts';

export const openStore = defineStore({
  name: 'open-impressions',
  changelog: openImpressions,
  expiresAt: (entry) => entry.expiresAt,
});

/** The dead letter for a click that could not be attributed. */
export function deadLetterOfClick(
  click: Click,
  refusal: Extract<Attribution, { kind: 'refused' }>,
  { partition, offset }: RecordMetadata,
): DeadLetter {
  return {
    at: click.at,
    origin: clicks.name,
    partition,
    offset,
    line: null,
    code: refusal.code,
    reason: refusal.reason,
    key: click.userId,
    data: Buffer.from(JSON.stringify(click)),
    skippedBy: null,
  };
}
