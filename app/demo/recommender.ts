// What the demo serves: variants that are compared, two candidates on their way, and its windows.
import type { Variant } from '../../streams/serve/decide.ts';
import type { Layer } from '../config/layers.ts';

/** How long a slate served here waits for feedback, event time, ms. */
export const servedWindowMs = 24 * 3_600_000;

/**
 * Every distribution keeps a floor, so every propensity has support. One without users is a candidate:
 * what it would have shown is logged.
 */
export const demoVariants: readonly Variant[] = Object.freeze([
  {
    name: 'millrace',
    policy: 'millrace',
    share: 2,
    exploration: { temperature: 0.2, floor: 0.05 },
  },
  { name: 'uniform', policy: 'uniform', share: 1, exploration: { temperature: 1, floor: 0 } },
  {
    name: 'popularity',
    policy: 'popularity',
    share: 1,
    exploration: { temperature: 0.5, floor: 0.05 },
  },
  { name: 'llm', policy: 'llm', share: 1, exploration: { temperature: 0.5, floor: 0.05 } },
  {
    name: 'inverted',
    policy: 'inverted',
    share: 0,
    exploration: { temperature: 0.2, floor: 0.05 },
  },
]);

/** A log of some hundred users cannot wait for as many as a service can. */
const rules = {
  least: { gate: 30, shadow: 30, canary: 20, arm: 20 },
  share: { canary: 0.4, ab: 0.5, promoted: 0.9 },
};

/** One candidate that should come into service, and one that should not. */
const candidates = [
  // Who shows anything to anybody covers everything: whatever has a preference is narrower.
  { variant: 'millrace', incumbent: 'uniform', rules, limits: { coverage: 0.01 } },
  { variant: 'inverted', incumbent: 'popularity', rules },
];

/** @param windowMs how long a slate of the log waits for feedback, ms */
export const demoLayer = (windowMs: number): Layer => ({
  name: 'demo',
  values: {
    variants: demoVariants,
    incumbent: 'popularity',
    candidates,
    attribution: { windowMs, servedWindowMs },
  },
});
