// A colour and a dash for each name, the same in every chart and table. No two names that are compared have
// the same, and no two the same colour while there are colours left.

const slots = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'];
const dashes = ['solid', 'dashed', 'dotted'];

const policies = {
  millrace: ['c1', 'solid'],
  popularity: ['c2', 'dashed'],
  uniform: ['c3', 'dotted'],
  means: ['c4', 'dotted'],
  llm: ['c5', 'solid'],
  simulator: ['c6', 'solid'],
};

/** What names are compared with: a tier of one name with a policy has nothing to do with it. */
const families = {
  variant: policies,
  model: policies,
  topic: {
    impressions: ['c1', 'solid'],
    clicks: ['c2', 'dashed'],
    examples: ['c4', 'solid'],
  },
  tier: { fast: ['c1', 'solid'], llm: ['c3', 'solid'], foreign: ['c2', 'solid'] },
};

/** Where a name is looked up first, so that a variant and the model of one name look the same. */
const kin = { variant: 'model', model: 'variant' };

const given = Object.fromEntries(Object.keys(families).map((family) => [family, new Map()]));

/**
 * @param family `variant`, `model`, `topic` or `tier`
 * @returns `{ slot: 'c1' … 'c8', dash: 'solid' | 'dashed' | 'dotted' }`
 */
export function styleOf(name, family) {
  const styles = given[family];
  if (!styles.has(name)) styles.set(name, choose(name, family, [...styles.values()]));
  return styles.get(name);
}

function choose(name, family, taken) {
  const users = (slot) => taken.filter((one) => one.slot === slot);
  const [slot, dash] = Object.hasOwn(families[family], name) ? families[family][name] : [];
  const wanted = given[kin[family]]?.get(name) ?? (slot && { slot, dash });
  if (wanted && users(wanted.slot).length === 0) return wanted;
  // From the end, so that the colours of the names that are known stay theirs if they come later.
  const least = Math.min(...slots.map((one) => users(one).length));
  const free = slots.findLast((one) => users(one).length === least);
  const used = users(free).map((one) => one.dash);
  return { slot: free, dash: dashes.find((one) => !used.includes(one)) ?? 'solid' };
}

const order = ['millrace', 'popularity', 'uniform', 'simulator', 'means', 'logged', 'simulated'];

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
