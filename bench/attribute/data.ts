// The data of the job `attribute`: drawn from a seed, the same on every machine, with the result worked
// out straight from the definition: no stream, no store.
import { createHash } from 'node:crypto';
import { recentEmitted } from './stage.ts';
import type { BenchClick, BenchExample, BenchImpression } from './topics.ts';

export interface DataOptions {
  /** Number of impressions. @default 300_000 */
  readonly impressions?: number;
  /** Number of users. @default 5_000 */
  readonly users?: number;
  /** Seed of every draw. @default 42 */
  readonly seed?: number;
  /** Event time from one impression to the next, ms. @default 10.5 */
  readonly stepMs?: number;
}

export interface BenchData {
  /** Impressions in order of `at`, which is even. */
  readonly impressions: readonly BenchImpression[];
  /** Clicks in order of `at`, which is odd, so that no click ties with an impression. */
  readonly clicks: readonly BenchClick[];
  /** Event time of the impressions that close all others, ms. */
  readonly flushAt: number;
}

export const defaultImpressions = 300_000;
const windowMs = 30_000;
const items = 20_000;
const slots = 10;
const start = Date.UTC(2025, 0, 1);

/** mulberry32: uniform draws in [0, 1). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pad = (value: number | string, width: number) => String(value).padStart(width, '0');

/**
 * Makes the data. The order and kind of the draws are part of the definition: another order gives
 * other data.
 */
export function generate(options: DataOptions = {}): BenchData {
  const {
    impressions: count = defaultImpressions,
    users = 5_000,
    seed = 42,
    stepMs = 10.5,
  } = options;
  const draw = uniform(seed);
  const impressions: BenchImpression[] = [];
  const clicks: BenchClick[] = [];
  for (let i = 0; i < count; i++) {
    const at = start + 2 * Math.floor((i * stepMs) / 2);
    const shown = {
      impressionId: drawId(draw),
      userId: drawUser(draw, users),
      at,
      slate: drawSlate(draw),
    };
    impressions.push(shown);
    if (draw() >= 0.145) continue;
    for (let left = draw() < 0.04 ? 2 : 1; left > 0; left--) clicks.push(drawClick(draw, shown));
  }
  // Stable: of equal times the one drawn first stays first.
  clicks.sort((a, b) => a.at - b.at);
  return { impressions, clicks, flushAt: impressions.at(-1)!.at + 180_000 };
}

function drawId(draw: () => number): string {
  const hex = () => pad(Math.floor(draw() * 4_294_967_296).toString(16), 8);
  const [a, b, c, d] = [hex(), hex(), hex(), hex()];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

/** Draws a user; some come far more often than others. */
const drawUser = (draw: () => number, users: number) =>
  `u${pad(Math.floor(users * draw() ** 1.5), 6)}`;

function drawSlate(draw: () => number): BenchImpression['slate'] {
  const slate: BenchImpression['slate'] = [];
  const seen = new Set<string>();
  while (slate.length < slots) {
    const itemId = `i${pad(Math.floor(items * draw() ** 3), 7)}`;
    if (seen.has(itemId)) continue;
    seen.add(itemId);
    const propensity = Math.round((0.02 + 0.3 * draw()) * 1e4) / 1e4;
    slate.push({ itemId, position: slate.length, propensity });
  }
  return slate;
}

/** Draws a click; one in a hundred is late. */
function drawClick(
  draw: () => number,
  { impressionId, userId, at, slate }: BenchImpression,
): BenchClick {
  const position = Math.min(slots - 1, Math.floor(slots * draw() ** 2));
  const delay =
    draw() < 0.01
      ? windowMs + Math.floor(draw() * 60_000)
      : Math.min(windowMs - 1, 400 + Math.floor(-6000 * Math.log(1 - draw())));
  const value = 0.25 * (1 + Math.floor(draw() * 8));
  return {
    impressionId,
    userId,
    itemId: slate[position]!.itemId,
    position,
    at: at + (delay | 1),
    value,
  };
}

/**
 * The impression that closes every window of its partition; it is never closed, and so never
 * emitted, itself.
 */
export function flushOf(data: BenchData, partition: number): BenchImpression {
  const id = `flush-${partition}`;
  return { impressionId: id, userId: id, at: data.flushAt, slate: [] };
}

/** The canonical form of an example, by which two outputs are compared: one line. */
export function canonical(example: BenchExample): string {
  const { impressionId, userId, at, slate, reward, userClicks, recent } = example;
  return JSON.stringify({
    impressionId,
    userId,
    at,
    slate: slate.map((slot) => ({
      itemId: slot.itemId,
      position: slot.position,
      propensity: slot.propensity,
      reward: slot.reward,
    })),
    reward,
    userClicks,
    recent,
  });
}

/** SHA-256 of the canonical lines in order of their bytes, in hex. It sorts `lines` in place. */
export function digest(lines: string[]): string {
  const hash = createHash('sha256');
  for (const line of lines.sort()) hash.update(`${line}\n`);
  return hash.digest('hex');
}

/** The examples that the data must give, and the number of clicks that come too late. */
export function expected(data: BenchData): { outputs: number; late: number; sha256: string } {
  const byUser = Map.groupBy(data.clicks, ({ userId }) => userId);
  const byImpression = Map.groupBy(data.clicks, ({ impressionId }) => impressionId);
  let late = 0;
  const lines = data.impressions.map((shown) => {
    const mine = byUser.get(shown.userId) ?? [];
    const next = mine.findIndex(({ at }) => at > shown.at);
    const before = next < 0 ? mine : mine.slice(0, next);
    const slate = shown.slate.map((slot) => ({ ...slot, reward: 0 }));
    let reward = 0;
    for (const click of byImpression.get(shown.impressionId) ?? []) {
      if (click.at - shown.at > windowMs) {
        late++;
        continue;
      }
      slate[click.position]!.reward += click.value;
      reward += click.value;
    }
    const recent = before.slice(-recentEmitted).map(({ itemId }) => itemId);
    return canonical({ ...shown, slate, reward, userClicks: before.length, recent });
  });
  return { outputs: lines.length, late, sha256: digest(lines) };
}
