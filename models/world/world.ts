// A world with a known truth: who likes what, and when, is a function of a seed and the time.
//
// Nothing here changes: what slates do to people is in `crowd.ts`. Users and items are numbered, as
// in the official logs.
import type { Item } from '../../schemas/topics/items.ts';
import { normal } from '../normal.ts';
import { Random } from '../random.ts';
import { type WorldOptions, worldDefaults } from './options.ts';
import { TOPICS } from './topics.ts';

// Looked up once: in a vm context, such as a test runner's, every look-up of a global is slow.
const { cos, sin, sqrt, PI } = Math;

export interface WorldItem extends Item {
  /** Indices of the item's topics, the main one first. */
  readonly topics: readonly number[];
  /** Worth of the item to everybody, logits. */
  readonly quality: number;
}

export class World {
  readonly options: Required<WorldOptions>;
  readonly items: readonly WorldItem[];
  readonly users: readonly string[];
  readonly #byId: ReadonlyMap<string, WorldItem>;
  /** For each user, the taste for each topic at two ends of a quarter turn. */
  readonly #tastes: readonly { from: Float64Array; to: Float64Array }[];

  constructor(options: WorldOptions = {}) {
    this.options = Object.freeze({ ...worldDefaults, ...options });
    const { seed, topics, taste } = this.options;
    const random = new Random(seed);
    this.items = Array.from({ length: this.options.items }, (_, i) => this.#makeItem(i, random));
    this.#byId = new Map(this.items.map((item) => [item.itemId, item]));
    this.users = Array.from({ length: this.options.users }, (_, i) => String(i));
    const draw = () => Float64Array.from({ length: topics }, () => taste * normal(random));
    this.#tastes = this.users.map(() => ({ from: draw(), to: draw() }));
  }

  /** An item by id; undefined for an item of another world. */
  item(itemId: string): WorldItem | undefined {
    return this.#byId.get(itemId);
  }

  /**
   * Taste of a user for a topic at a time, logits: cos φ · a + sin φ · b with φ = 2π t / driftMs, so
   * its variance stays while it turns. 0 for an unknown user.
   */
  taste(userId: string, topic: number, at: number): number {
    const tastes = this.#tastes[Number(userId)];
    if (tastes === undefined) return 0;
    const { driftMs } = this.options;
    const turn = driftMs > 0 ? (2 * PI * (at % driftMs)) / driftMs : 0;
    return cos(turn) * tastes.from[topic]! + sin(turn) * tastes.to[topic]!;
  }

  /** Logit of a click by a rested user who looks, before fashion: base + quality + taste. */
  interest(userId: string, itemId: string, at: number): number {
    const item = this.#byId.get(itemId);
    if (item === undefined) return this.options.base;
    let taste = 0;
    for (const topic of item.topics) taste += this.taste(userId, topic, at);
    return this.options.base + item.quality + taste / sqrt(item.topics.length);
  }

  /** Cosine of an item's topics with those of liked items; null without liked items. */
  similarity(likedIds: readonly string[], itemId: string): number | null {
    const item = this.#byId.get(itemId);
    const profile = new Float64Array(this.options.topics);
    for (const id of likedIds) {
      for (const topic of this.#byId.get(id)?.topics ?? []) profile[topic]! += 1;
    }
    const norm = sqrt(profile.reduce((sum, value) => sum + value * value, 0));
    if (item === undefined || norm === 0) return null;
    const dot = item.topics.reduce((sum, topic) => sum + profile[topic]!, 0);
    return dot / norm / sqrt(item.topics.length);
  }

  #makeItem(index: number, random: Random): WorldItem {
    const { topics, quality } = this.options;
    const main = random.below(topics);
    const other = random.below(topics);
    const own = other === main || random.next() < 0.5 ? [main] : [main, other];
    const word = (topic: number) => TOPICS[topic]!.words[random.below(6)]!;
    const title = `The ${word(own[0]!)} and the ${word(own.at(-1)!)}`;
    const groups = own.map((topic) => TOPICS[topic]!.name);
    return {
      itemId: String(index),
      at: 0,
      title,
      text: `${title}, about ${groups.join(' and ')}`,
      groups,
      attributes: {},
      topics: own,
      quality: quality * normal(random),
    };
  }
}
