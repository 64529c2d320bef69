// Records a second of each topic, from the differences of its counts.

const WINDOW_MS = 6_000;

export class Rates {
  #samples = [];

  /** Takes the counts read at a moment (epoch ms); a moment seen before adds nothing. */
  add(at, rows) {
    const last = this.#samples.at(-1);
    if (last && last.at >= at) return;
    const counts = new Map(rows.map((row) => [topicName(row.topic), row.records]));
    this.#samples.push({ at, counts });
    while (this.#samples.length > 2 && this.#samples[1].at <= at - WINDOW_MS) this.#samples.shift();
  }

  /** Records so far; undefined for a topic nobody counts. */
  total(topic) {
    return this.#samples.at(-1)?.counts.get(topic);
  }

  /** Over the last few seconds; undefined before two moments were seen. */
  perSecond(topic) {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || first === last || !last.counts.has(topic)) return undefined;
    const gained = last.counts.get(topic) - (first.counts.get(topic) ?? 0);
    return Math.max(0, gained) / ((last.at - first.at) / 1000);
  }
}

/** Tables are named with underscores, topics with hyphens. */
export const topicName = (name) => name.replaceAll('_', '-');
