// The figures one looks at first: is every event there, once?
import { byId, el, setText } from './dom.js';
import { integer, rate } from './format.js';

const zeroIsGood = (value) => (value === undefined ? '' : value === 0 ? 'good' : 'bad');

/** A row whose window has not closed is in no example yet; before the end it is not lost. */
const ended = ({ replay, stages }) =>
  replay.total > 0 && replay.events >= replay.total && stages.every((stage) => stage.lag === 0);

const tiles = [
  {
    label: 'Events read',
    value: ({ accounting, live }) => Math.max(accounting?.read ?? 0, live.replay.events),
    aside: ({ live }) => rate(live.replay.perSecond),
  },
  {
    label: ({ live }) => (ended(live) ? 'Lost' : 'Lost or still open'),
    // Examples may land before the count of rows they came from.
    value: ({ accounting, live }) =>
      ended(live) ? accounting?.lost : accounting && Math.max(0, accounting.lost),
    aside: ({ accounting }) => accounting && `${integer(accounting.inExamples)} in examples`,
    tone: (value, { live }) => (value === 0 || ended(live) ? zeroIsGood(value) : ''),
  },
  {
    label: 'Duplicated',
    value: ({ accounting }) => accounting?.duplicated,
    aside: ({ accounting }) => accounting && `${integer(accounting.inImpressions)} in impressions`,
    tone: zeroIsGood,
  },
  {
    label: 'Dead letters',
    value: ({ dead }) => dead?.reduce((sum, row) => sum + row.n, 0),
    aside: ({ dead }) => dead && `${dead.length} ${dead.length === 1 ? 'kind' : 'kinds'}`,
  },
  {
    label: 'Item vectors made',
    value: ({ live }) => live.llm.vectors,
    aside: ({ live }) => `${integer(live.llm.queued)} queued`,
  },
  {
    label: 'Model-backed answers',
    value: ({ live }) => live.llm.simulated,
    aside: ({ shown }) => `of ${integer(shown)} simulated`,
  },
];

export function createTiles(root = byId('tiles')) {
  const drawn = tiles.map((tile) => {
    const value = el('dd', { class: 'num' });
    const aside = el('dd', { class: 'aside num' });
    const label = el('dt', {}, typeof tile.label === 'string' ? tile.label : '');
    const box = el('div', { class: 'tile' }, label, value, aside);
    root.append(box);
    return { ...tile, box, labelNode: label, valueNode: value, asideNode: aside };
  });

  return function update({ live, panels }) {
    const { accounting, deadLetters } = panels;
    const dead = deadLetters.error || deadLetters.at === 0 ? undefined : deadLetters.rows;
    const shown = panels.ctr.rows.reduce((sum, row) => sum + row.shown, 0);
    const facts = { live, accounting: accounting.rows[0], dead, shown };
    for (const { box, labelNode, valueNode, asideNode, label, value, aside, tone } of drawn) {
      const now = value(facts);
      if (typeof label === 'function') setText(labelNode, label(facts));
      setText(valueNode, integer(now));
      setText(asideNode, aside(facts) ?? '');
      box.dataset.tone = tone ? tone(now, facts) : '';
    }
  };
}
