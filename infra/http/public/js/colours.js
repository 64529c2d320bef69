// One colour and one dash for each name, the same in every chart and table.

const known = {
  millrace: ['c1', 'solid'],
  impressions: ['c1', 'solid'],
  popularity: ['c2', 'dashed'],
  clicks: ['c2', 'dashed'],
  uniform: ['c3', 'dotted'],
  simulator: ['c3', 'solid'],
  rewards: ['c3', 'dotted'],
  means: ['c4', 'dotted'],
  examples: ['c4', 'solid'],
  logged: ['c1', 'solid'],
  simulated: ['c3', 'dashed'],
  fast: ['c1', 'solid'],
  llm: ['c3', 'solid'],
  foreign: ['c2', 'solid'],
};

const order = Object.keys(known);

const others = ['c5', 'c6', 'c4', 'c3', 'c2', 'c1'];
const given = new Map();

/** `{ slot: 'c1' … 'c6', dash: 'solid' | 'dashed' | 'dotted' }` of a series. */
export function styleOf(name) {
  if (Object.hasOwn(known, name)) return { slot: known[name][0], dash: known[name][1] };
  if (!given.has(name)) given.set(name, given.size);
  const index = given.get(name);
  return { slot: others[index % others.length], dash: index % 2 ? 'dashed' : 'solid' };
}

/** Compares names for sorting: ours first, baselines after, others by name. */
export function inOrder(a, b) {
  if (a === b) return 0;
  const place = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  return place(a) - place(b) || (a < b ? -1 : 1);
}

/** A colour variable of the style sheet, for drawing on a canvas. */
export function colour(variable) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${variable}`).trim();
}

/** Calls back when the reader's scheme turns from dark to light or back. */
export function onSchemeChange(callback) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback);
}
