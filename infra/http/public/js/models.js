// How well each model predicted, on logged feedback and before it learned from it.
import { inOrder } from './colours.js';
import { byId } from './dom.js';
import { fixed, integer } from './format.js';
import { createTable, named } from './table.js';

function joined(panels) {
  const rows = new Map();
  for (const view of ['auc', 'logloss']) {
    for (const row of panels[view].rows) {
      const key = `${row.model} ${row.source}`;
      rows.set(key, { ...rows.get(key), ...row });
    }
  }
  for (const { n: ranked, ...row } of panels.ranking.rows) {
    const key = `${row.model} logged`;
    rows.set(key, { source: 'logged', ...rows.get(key), ...row, ranked });
  }
  return [...rows.values()].sort(
    (a, b) => inOrder(a.source, b.source) || inOrder(a.model, b.model),
  );
}

export function createModels(root = byId('models')) {
  const update = createTable(root, {
    caption: 'Prediction by model',
    empty: 'No predictions yet.',
    columns: [
      { label: 'Model', head: true, paint: named('model', (row) => row.model) },
      { label: 'Feedback', text: (row) => row.source },
      { label: 'n', right: true, text: (row) => integer(row.n) },
      { label: 'AUC', right: true, text: (row) => fixed(row.auc, 3) },
      { label: 'LogLoss', right: true, text: (row) => fixed(row.logloss, 3) },
      { label: 'HR@10', right: true, text: (row) => fixed(row.hr10, 3) },
      { label: 'NDCG@10', right: true, text: (row) => fixed(row.ndcg10, 3) },
    ],
  });
  return ({ panels }) => update(joined(panels), (row) => `${row.model} ${row.source}`);
}
