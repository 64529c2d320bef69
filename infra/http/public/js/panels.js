// The smaller panels: steps, model, topics, tiers, fidelity, dead letters.
import { styleOf } from './colours.js';
import { byId, el, setText } from './dom.js';
import { fixed, integer, MISSING, percent, rate, utc } from './format.js';
import { topicName } from './rates.js';
import { createTable, moment, named, two } from './table.js';

/** A list of facts, `[name, text(value)]`. */
function createFacts(root, facts) {
  const nodes = facts.map(([name, text]) => {
    const value = el('dd', { class: 'num' });
    root.append(el('dt', {}, name), value);
    return { value, text };
  });
  return (source) => {
    for (const { value, text } of nodes) setText(value, source ? text(source) : MISSING);
  };
}

/** What each task is about; `serve` is three steps of the loop in one. */
const aboutOf = {
  basis: 'fits the basis of item vectors',
  serve: 'decide, attribute, track',
  learn: 'fits the policy',
  calibrate: 'fits the simulator',
  represent: 'makes item vectors',
  simulate: 'answers slates',
  reason: 'reads what users want',
  explain: 'gives reasons',
};

/** A policy that a variant names has a stage of its own. */
const about = (name) =>
  aboutOf[name] ?? (name.startsWith('learn-') ? `fits the policy ${name.slice(6)}` : '');

export function createStages(root = byId('stages')) {
  const update = createTable(root, {
    caption: 'Tasks of the topology',
    empty: 'No step has started yet.',
    columns: [
      {
        label: 'Task',
        head: true,
        paint: two(
          (row) => row.name,
          (row) => about(row.name),
        ),
      },
      { label: 'Processed', right: true, text: (row) => integer(row.processed) },
      { label: 'Rate', right: true, text: (row) => rate(row.perSecond) },
      { label: 'Lag', right: true, text: (row) => integer(row.lag) },
      { label: 'Commits', right: true, text: (row) => integer(row.commits || undefined) },
    ],
  });
  return ({ live }) => update(live.stages, (row) => row.name);
}

export function createLlm(root = byId('llm')) {
  const update = createFacts(root, [
    ['Model', (llm) => llm.model || 'none loaded'],
    ['Busy', (llm) => percent(llm.busy, 0)],
    ['Queued', (llm) => integer(llm.queued)],
    ['Given up in time', (llm) => integer(llm.shed)],
  ]);
  return ({ live }) => update(live.llm);
}

export function createTopics(root = byId('topics-table')) {
  const update = createTable(root, {
    caption: 'Records by topic',
    empty: 'No record yet.',
    columns: [
      { label: 'Topic', head: true, text: (row) => topicName(row.topic) },
      { label: 'Records', right: true, text: (row) => integer(row.records) },
      { label: 'Arrived twice', right: true, text: (row) => integer(row.duplicates) },
      { label: 'Rate', right: true, text: (row) => rate(row.perSecond) },
    ],
  });
  return ({ panels }, rates) => {
    const rows = panels.topics.rows.map((row) => {
      return { ...row, perSecond: rates.perSecond(topicName(row.topic)) };
    });
    update(rows, (row) => row.topic);
  };
}

export function createTiers(root = byId('tiers')) {
  const bar = el('div', { class: 'share', 'aria-hidden': 'true' });
  root.append(bar);
  const update = createTable(root, {
    caption: 'Impressions by tier',
    empty: 'No decision yet.',
    columns: [
      { label: 'Tier', head: true, paint: named('tier', (row) => row.tier) },
      { label: 'Impressions', right: true, text: (row) => integer(row.impressions) },
      { label: 'Share', right: true, text: (row) => percent(row.share) },
    ],
  });
  return ({ panels }) => {
    const { rows } = panels.tiers;
    bar.hidden = rows.length === 0;
    const parts = rows.map((row) => {
      const part = el('div', { class: styleOf(row.tier, 'tier').slot });
      part.style.flexGrow = String(row.share ?? 0);
      return part;
    });
    bar.replaceChildren(...parts);
    update(rows, (row) => row.tier);
  };
}

export function createFidelity(root = byId('fidelity')) {
  const update = createFacts(root, [
    ['Answers compared', (row) => integer(row.n)],
    ['AUC', (row) => fixed(row.auc, 3)],
    ['LogLoss', (row) => fixed(row.logloss, 3)],
    ['Expected calibration error', (row) => fixed(row.ece, 3)],
  ]);
  return ({ panels }) => update(panels.fidelity.rows[0]);
}

export function createExperiments(root = byId('experiments')) {
  const update = createTable(root, {
    caption: 'Candidates on their way into service',
    empty: 'No candidate yet.',
    columns: [
      moment((row) => row.experimentId.replaceAll('-', ' ')),
      {
        label: 'Phase',
        head: true,
        paint: two(
          (row) => row.phase,
          (row) => row.reason,
        ),
      },
      { label: 'Users', right: true, text: (row) => integer(row.users) },
      {
        label: 'Difference a slate',
        right: true,
        paint: two(
          (row) => fixed(row.difference, 2),
          (row) => (row.low === null ? '' : `${fixed(row.low, 2)} to ${fixed(row.high, 2)}`),
        ),
      },
      { label: 'Share', right: true, text: (row) => percent(row.candidateShare, 0) },
    ],
  });
  return ({ panels }) =>
    update(panels.experiments.rows, (row) => `${row.at} ${row.experimentId} ${row.phase}`);
}

export function createDeadLetters(root = byId('dead-letters')) {
  const update = createTable(root, {
    caption: 'Dead letters by code',
    empty: 'None.',
    columns: [
      { label: 'Code', head: true, text: (row) => row.code },
      { label: 'From', text: (row) => row.origin },
      { label: 'Records', right: true, text: (row) => integer(row.n) },
      { label: 'Last, UTC', right: true, className: 'wide', text: (row) => utc(row.lastAt) },
    ],
  });
  return ({ panels }) => update(panels.deadLetters.rows, (row) => `${row.origin} ${row.code}`);
}
