// What clicks do not say: how diverse, fair and new what was shown is, how long people stay, how soon the
// reward was there; and which groups of items are shown more than people choose them.
import { inOrder } from './colours.js';
import { byId } from './dom.js';
import { fixed, integer, percent } from './format.js';
import { createTable, named } from './table.js';
import { byVariant } from './variants.js';

const right = (label, text) => ({ label, right: true, text });
const signed = (value, digits) => `${value > 0 ? '+' : ''}${fixed(value, digits)}`;
const variant = { label: 'Variant', head: true };

/** How widely and evenly items and groups were shown. */
export function createBeyondClicks(root = byId('beyond')) {
  const update = createTable(root, {
    caption: 'Diversity and fairness by variant',
    empty: 'No slate served yet.',
    columns: [
      { ...variant, paint: named('variant', (row) => row.variant || '(none)') },
      right('DivRatio', (row) => fixed(row.divRatio, 3)),
      right('ORRatio', (row) => fixed(row.orRatio, 3)),
      right('CV', (row) => fixed(row.cv, 2)),
      right('Gini', (row) => fixed(row.gini, 3)),
      right('MGU', (row) => `${fixed(row.mgu, 3)} @${row.k ?? '–'}`),
      right('DGU', (row) => `${fixed(row.dgu, 3)} @${row.k ?? '–'}`),
    ],
  });
  return ({ panels }) =>
    update(byVariant(panels, ['exposure', 'unfairness']), (row) => row.variant);
}

/** How new what was shown is, how long people stay, how soon the reward was there. */
export function createStays(root = byId('stays')) {
  const update = createTable(root, {
    caption: 'Popularity and process by variant',
    empty: 'No slate served yet.',
    columns: [
      { ...variant, paint: named('variant', (row) => row.variant || '(none)') },
      right('Novelty', (row) => `${fixed(row.novelty, 2)} bits`),
      right('Popularity lift', (row) => signed(row.popularityLift, 2)),
      right('Serendipity', (row) => percent(row.serendipity)),
      right('Bias mitigation', (row) => fixed(row.score, 2)),
      right('Turns', (row) => fixed(row.turns, 2)),
      right('Reward a session', (row) => fixed(row.rewardPerSession, 2)),
      right('Converged at', (row) => integer(row.convergedAt)),
    ],
  });
  const views = ['popularity', 'serendipity', 'mitigation', 'turns', 'convergence'];
  return ({ panels }) => update(byVariant(panels, views), (row) => row.variant);
}

export function createUnfairGroups(root = byId('unfair-groups')) {
  const update = createTable(root, {
    caption: 'Groups of items, shown against chosen',
    empty: 'Nobody who was served has chosen anything by themselves yet.',
    columns: [
      { ...variant, paint: named('variant', (row) => row.variant || '(none)') },
      { label: 'Group', text: (row) => row.group },
      right('Shown', (row) => percent(row.shownShare)),
      right('Chosen', (row) => percent(row.chosenShare)),
      right('GU', (row) => signed(row.gu, 3)),
    ],
  });
  return ({ panels }) => {
    const rows = [...panels.unfairGroups.rows];
    rows.sort((a, b) => inOrder(a.variant, b.variant) || Math.abs(b.gu) - Math.abs(a.gu));
    update(rows, (row) => `${row.variant} ${row.group}`);
  };
}
