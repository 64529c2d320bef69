// A table whose rows are patched in place by key, so that focus, scroll and selection survive.
import { styleOf } from './colours.js';
import { el, setText } from './dom.js';
import { utc } from './format.js';

/**
 * @param columns `{ label, text(row) | paint(cell, row), right?, head?, className? }[]`;
 *   the column with `head` is the row's header
 * @returns update(rows, keyOf)
 */
export function createTable(root, { caption, columns, empty, className = '' }) {
  const heads = columns.map((column) =>
    el(
      'th',
      { scope: 'col', role: 'columnheader', class: column.right ? 'right' : undefined },
      column.label,
    ),
  );
  // Roles are said, since a narrow page lays rows out as blocks, and they would be no table then.
  const body = el('tbody', { role: 'rowgroup' });
  const title = el('caption', { class: 'hidden-text' }, caption);
  const table = el(
    'table',
    { class: className, role: 'table', 'aria-label': caption },
    title,
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...heads)),
    body,
  );
  const nothing = el('p', { class: 'empty' }, empty);
  const region = { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: '0' };
  const scroll = el('div', region, table);
  root.append(nothing, scroll);
  const shown = new Map();

  function makeRow() {
    const cells = columns.map((column) => {
      const classes = [column.right ? 'right' : '', column.className ?? ''].join(' ').trim();
      const attributes = { 'data-label': column.label, ...(classes ? { class: classes } : {}) };
      return column.head
        ? el('th', { scope: 'row', role: 'rowheader', ...attributes })
        : el('td', { role: 'cell', ...attributes });
    });
    return { row: el('tr', { role: 'row' }, ...cells), cells };
  }

  return function update(rows, keyOf) {
    nothing.hidden = rows.length > 0;
    scroll.hidden = rows.length === 0;
    const keys = new Set(rows.map(keyOf));
    for (const [key, { row }] of shown) {
      if (keys.has(key)) continue;
      row.remove();
      shown.delete(key);
    }
    rows.forEach((data, index) => {
      const key = keyOf(data);
      if (!shown.has(key)) shown.set(key, makeRow());
      const { row, cells } = shown.get(key);
      columns.forEach((column, i) => {
        if (column.paint) column.paint(cells[i], data);
        else setText(cells[i], column.text(data));
      });
      if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
    });
  };
}

/** A row header with the colour of its series. @param family see `styleOf` */
export function named(family, nameOf) {
  return (cell, row) => {
    const name = nameOf(row);
    if (cell.dataset.name === name) return;
    const { slot, dash } = styleOf(name, family);
    cell.dataset.name = name;
    cell.replaceChildren(el('span', { class: `swatch ${slot} ${dash}` }), name);
  };
}

/** A cell of two lines. */
export function two(over, under) {
  return (cell, row) => {
    if (!cell.firstChild) cell.append(el('span'), el('span', { class: 'under' }));
    setText(cell.firstChild, over(row));
    setText(cell.lastChild, under(row));
  };
}

/** The first column of what happened: when, and `under` it to whom. */
export function moment(under) {
  return { label: 'Time, UTC', className: 'num wide', paint: two((row) => utc(row.at), under) };
}
