// Draws from the normal distribution.
import type { Random } from './random.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { cos, log, sqrt, PI } = Math;

/** A standard normal number (Box & Muller 1958); two uniform draws a number, so seeds stay in step. */
export function normal(random: Random): number {
  const radius = sqrt(-2 * log(1 - random.next()));
  return radius * cos(2 * PI * random.next());
}
