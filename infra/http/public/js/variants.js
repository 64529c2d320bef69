// What each variant earned, from several views joined by its name.
import { inOrder, styleOf } from './colours.js';
import { byId, svg } from './dom.js';
import { amount, fixed, integer, milliseconds, percent } from './format.js';
import { createTable, named } from './table.js';

/** Without the impressions: those of an estimate are all slates, whoever served them. */
const estimateOf = ({ impressions: _, ...estimate }) => estimate;

/** One object a variant; a view that failed leaves its fields undefined. */
export function byVariant(panels, views) {
  const variants = new Map();
  for (const view of views) {
    for (const row of panels[view].rows) {
      const fields = view === 'snips' ? estimateOf(row) : row;
      variants.set(row.variant, { ...variants.get(row.variant), ...fields });
    }
  }
  return [...variants.values()].sort((a, b) => inOrder(a.variant, b.variant));
}

/** Marks figures that a simulator's answers gave. */
const saidBy = ({ source }) => (source === 'simulated' ? ' sim.' : '');

const share = (value) => fixed(value * 100, 1);

const intervalText = ({ snips, low, high }) => {
  const known = [snips, low, high].every((value) => typeof value === 'number');
  return known ? `${percent(snips)} [${share(low)}, ${share(high)}]` : percent(snips);
};

/** Draws the intervals of all variants on one scale, so that overlap shows. */
function drawInterval(scale) {
  return (cell, { variant, snips, low, high }) => {
    const known = [snips, low, high].every((value) => typeof value === 'number');
    const at = (value) =>
      (4 + (76 * (value - scale.low)) / (scale.high - scale.low || 1)).toFixed(1);
    const shape = known ? [at(low), at(snips), at(high)].join(' ') : '';
    if (cell.dataset.shape === shape) return;
    cell.dataset.shape = shape;
    if (!known) return cell.replaceChildren();
    const picture = { class: `interval ${styleOf(variant, 'variant').slot}`, viewBox: '0 0 84 14' };
    cell.replaceChildren(
      svg(
        'svg',
        { ...picture, 'aria-hidden': 'true' },
        svg('line', { class: 'axis', x1: 0, y1: 7, x2: 84, y2: 7 }),
        svg('line', { x1: at(low), y1: 7, x2: at(high), y2: 7 }),
        svg('circle', { cx: at(snips), cy: 7, r: 3.5 }),
      ),
    );
  };
}

const views = ['ctr', 'reward', 'snips', 'exposure', 'latency'];

export function createVariants(root = byId('variants')) {
  const scale = { low: 0, high: 1 };
  const update = createTable(root, {
    caption: 'Outcome by variant',
    empty: 'No slate served yet: variants begin after the learning part of the replay.',
    columns: [
      { label: 'Variant', head: true, paint: named('variant', (row) => row.variant || '(none)') },
      { label: 'Impressions', right: true, text: (row) => integer(row.impressions) },
      { label: 'CTR', right: true, text: (row) => percent(row.ctr) + saidBy(row) },
      { label: 'Reward', right: true, text: (row) => amount(row.reward) },
      { label: 'per slate', right: true, text: (row) => fixed(row.rewardPerImpression, 2) },
      { label: 'SNIPS', right: true, className: 'wide', text: intervalText },
      { label: 'Interval', className: 'interval-cell', paint: drawInterval(scale) },
      { label: 'ESS', right: true, text: (row) => integer(row.ess) },
      { label: 'Coverage', right: true, text: (row) => percent(row.coverage) },
      { label: 'Latency p50', right: true, text: (row) => milliseconds(row.p50Ms) },
      { label: 'p99', right: true, text: (row) => milliseconds(row.p99Ms) },
    ],
  });
  return ({ panels }) => {
    const bounds = panels.snips.rows.flatMap((row) => [row.low, row.high]);
    const known = bounds.filter((value) => typeof value === 'number');
    scale.low = Math.min(...known);
    scale.high = Math.max(...known);
    update(byVariant(panels, views), (row) => row.variant);
  };
}
