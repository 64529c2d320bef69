// Deterministic assignment: a user stays in an arm as long as salt and shares stay.
import { MillraceError } from '../../schemas/errors.ts';
import { hash32 } from '../random.ts';

export interface Share {
  readonly variant: string;
  /** Weight of the arm; shares are divided by their sum. */
  readonly share: number;
}

/**
 * The arm of a user: a salted hash as a point on the unit interval, the arms laid out in order.
 * @throws MillraceError `experiment-shares-invalid`
 */
export function assignVariant(userId: string, salt: string, arms: readonly Share[]): string {
  const total = arms.reduce((sum, { share }) => sum + share, 0);
  if (!(total > 0) || !Number.isFinite(total) || arms.some(({ share }) => !(share >= 0))) {
    throw new MillraceError({
      code: 'experiment-shares-invalid',
      what: `The shares ${JSON.stringify(arms)} leave no arm to assign.`,
      todo: 'Give at least one arm a share above 0, and none a negative one.',
    });
  }
  // The salt seeds the hash, so two experiments split the same users independently.
  let point = (hash32(userId, hash32(salt)) / 0x1_0000_0000) * total;
  let last = '';
  for (const { variant, share } of arms) {
    if (share === 0) continue;
    last = variant;
    point -= share;
    if (point < 0) return variant;
  }
  return last;
}
