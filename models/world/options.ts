// The knobs of the seeded world, each one effect that a recommender meets; 0 turns an effect off.

export interface WorldOptions {
  /** Seed of the world, any integer; the same seed gives the same world. @default 1 */
  readonly seed?: number;
  /** Number of users. @default 40 */
  readonly users?: number;
  /** Number of items. @default 60 */
  readonly items?: number;
  /** Number of topics in use, 2 to 8. @default 6 */
  readonly topics?: number;
  /** Logit of a click on an item of no interest, looked at by a user who is not tired. @default −1.5 */
  readonly base?: number;
  /** Standard deviation of a user's taste for a topic, logits. @default 1.5 */
  readonly taste?: number;
  /** Standard deviation of an item's worth to everybody, logits. @default 0.5 */
  readonly quality?: number;
  /**
   * Time in which tastes turn once around and come back, ms; 0 for tastes that stay.
   * @default 90 days
   */
  readonly driftMs?: number;
  /**
   * Power by which looks fade with the position: position j, from 0, is looked at with probability
   * (1 + j)^−bias.
   * @default 0.5
   */
  readonly positionBias?: number;
  /**
   * Logits that an item gains with ln(1 + its fading clicks): popularity feeds itself.
   * @default 0.15
   */
  readonly feedback?: number;
  /** Logits lost for each fading exposure of the user to the topic: saturation. @default 0.05 */
  readonly saturation?: number;
  /** Half-life of clicks on an item, ms. @default 7 days */
  readonly clickHalfLifeMs?: number;
  /** Half-life of an exposure, ms. @default 1 hour */
  readonly tiredMs?: number;
}

const DAY = 86_400_000;

export const worldDefaults: Required<WorldOptions> = Object.freeze({
  seed: 1,
  users: 40,
  items: 60,
  topics: 6,
  base: -1.5,
  taste: 1.5,
  quality: 0.5,
  driftMs: 90 * DAY,
  positionBias: 0.5,
  feedback: 0.15,
  saturation: 0.05,
  clickHalfLifeMs: 7 * DAY,
  tiredMs: DAY / 24,
});
