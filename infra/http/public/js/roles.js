// What the language model says in its roles: what users want, why an item, what was found wrong.
import { byId, el } from './dom.js';
import { fixed, integer, MISSING } from './format.js';
import { createTable, moment, two } from './table.js';

const listed = (names) => (names.length === 0 ? MISSING : names.join(', '));

export function createIntents(root = byId('intents')) {
  const update = createTable(root, {
    caption: 'Latest intents',
    empty: 'No intent yet.',
    columns: [
      moment((row) => `user ${row.userId}`),
      {
        label: 'Wants',
        head: true,
        paint: two(
          (row) => listed(row.wanted),
          (row) => [row.mood, ...row.constraints].filter((word) => word !== '').join(', '),
        ),
      },
      { label: 'Avoids', text: (row) => listed(row.avoid) },
      { label: 'Confidence', right: true, text: (row) => fixed(row.confidence, 2) },
      { label: 'Uncertainty', right: true, text: (row) => fixed(row.uncertainty, 2) },
    ],
  });
  return ({ panels }) => update(panels.intents.rows, (row) => `${row.userId} ${row.at}`);
}

function paintReason(cell, { text, citedTitles, citedGroups }) {
  const content = JSON.stringify([text, citedTitles, citedGroups]);
  if (cell.dataset.content === content) return;
  cell.dataset.content = content;
  const cited = [...citedTitles, ...citedGroups];
  cell.replaceChildren(
    el('span', {}, text),
    el('small', { class: 'muted' }, cited.length === 0 ? '' : `from ${cited.join(', ')}`),
  );
}

export function createExplanations(root = byId('explanations')) {
  const update = createTable(root, {
    caption: 'Latest reasons',
    empty: 'No reason yet.',
    columns: [
      moment((row) => `user ${row.userId}`),
      { label: 'Item', head: true, text: (row) => row.title },
      { label: 'Reason', className: 'reason', paint: paintReason },
      { label: 'Gain, nats', right: true, text: (row) => fixed(row.score, 2) },
    ],
  });
  return ({ panels }) => {
    const rows = panels.explanations.rows.map((row, i) => ({ ...row, key: `${i} ${row.title}` }));
    update(rows, (row) => row.key);
  };
}

export function createAudit(root = byId('audit')) {
  const update = createTable(root, {
    caption: 'Audit',
    empty: 'Nothing found.',
    columns: [
      {
        label: 'Finding',
        head: true,
        paint: two(
          (row) => row.name,
          (row) => `${row.kind}, ${row.component}`,
        ),
      },
      { label: 'Found', right: true, text: (row) => integer(row.found) },
      { label: 'Looked at', right: true, text: (row) => integer(row.looked) },
    ],
  });
  return ({ panels }) =>
    update(panels.audit.rows, (row) => `${row.kind} ${row.component} ${row.name}`);
}
