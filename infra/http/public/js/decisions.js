// The latest slates: what was shown, how likely each title was, and which were clicked.
import { byId, el } from './dom.js';
import { fixed, integer } from './format.js';
import { createTable, moment, named, two } from './table.js';

function shown(title, propensity, clicked) {
  const parts = [el('span', { class: 'title', title }, title)];
  parts.push(el('span', { class: 'p num' }, fixed(propensity, 3)));
  if (clicked) {
    parts.unshift(el('span', { class: 'mark' }));
    parts.push(el('span', { class: 'hidden-text' }, 'clicked'));
  }
  return el('li', clicked ? { class: 'clicked' } : {}, ...parts);
}

function paintSlate(cell, { items, propensities, clicked }) {
  const content = JSON.stringify([items, propensities, clicked]);
  if (cell.dataset.content === content) return;
  cell.dataset.content = content;
  const slate = items.map((title, i) => shown(title, propensities[i], clicked[i]));
  cell.replaceChildren(el('ol', { class: 'slate' }, ...slate));
}

export function createDecisions(root = byId('decisions')) {
  const update = createTable(root, {
    caption: 'Latest decisions',
    className: 'decisions',
    empty: 'No decision yet.',
    columns: [
      moment((row) => `user ${row.userId}`),
      { label: 'Variant', paint: named('variant', (row) => row.variant || '(none)') },
      {
        label: 'Policy',
        className: 'wide',
        paint: two(
          (row) => `${row.policy}, ${row.tier} tier`,
          (row) => `learned ${integer(row.version)} examples`,
        ),
      },
      { label: 'Slate, top first', className: 'slate-cell', paint: paintSlate },
    ],
  });
  return ({ panels }) => {
    const seen = new Map();
    const keyed = panels.decisions.rows.map((row) => {
      const key = `${row.at} ${row.userId} ${row.variant}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return { ...row, key: `${key} ${seen.get(key)}` };
    });
    update(keyed, (row) => row.key);
  };
}
