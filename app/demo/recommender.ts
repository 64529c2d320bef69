// The configuration of the demo: variants that are compared, two candidates, and its windows.
import type { OutcomeSource } from '../../models/outcomes.ts';
import type { Variant } from '../../streams/serve/decide.ts';
import type { Layer } from '../config/layers.ts';

/** Time that a slate served here waits for feedback, ms of event time. */
export const servedWindowMs = 24 * 3_600_000;

/**
 * The variants of the demo. Every distribution keeps a floor, so every item has a propensity above
 * 0. A variant without users is a candidate: what it would have shown is logged.
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

/**
 * Rules of promotion for a log of some hundred users, which cannot wait for as many as a service
 * can.
 */
const rules = {
  least: { gate: 30, shadow: 30, canary: 20, arm: 20 },
  share: { canary: 0.4, ab: 0.5, promoted: 0.9 },
};

/** The candidates: one that should come into service, and one that should not. */
const candidates = [
  // Who shows anything to anybody covers everything: whatever has a preference is narrower.
  { variant: 'millrace', incumbent: 'uniform', rules, limits: { coverage: 0.01 } },
  { variant: 'inverted', incumbent: 'popularity', rules },
];

/**
 * The settings of the demo.
 * @param windowMs time that a slate of the log waits for feedback, ms
 * @param outcomes who answers its slates: the people of a seeded world (`logged`), or a simulator
 */
export const demoLayer = (windowMs: number, outcomes: OutcomeSource = 'simulated'): Layer => ({
  name: 'demo',
  values: {
    variants: demoVariants,
    incumbent: 'popularity',
    candidates,
    outcomes,
    attribution: { windowMs, servedWindowMs },
  },
});
