// What a language model is asked for. Each role may have a model of its own.

export const roles = [
  'policy',
  'reasoner',
  'representer',
  'explainer',
  'simulator',
  'judge',
] as const;

export type Role = (typeof roles)[number];
