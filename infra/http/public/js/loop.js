// Draws the loop and keeps its figures current.
import { setText, svg } from './dom.js';
import { integer, rate } from './format.js';
import { edges, HEIGHT, NODE, nodes, WIDTH } from './loop-layout.js';

const description =
  'Requests are decided; the slates shown are answered by people or the simulator; clicks are ' +
  'attributed to become examples and rewards; the learner turns examples into snapshots that ' +
  'the decision uses, and calibrate fits the simulator to what people did. Track keeps the state ' +
  'of users, represent makes the item vectors. Decide, attribute and track are one task, serve. ' +
  'The table of topics below holds the same figures.';

function tip(id, className) {
  const triangle = svg('path', { d: 'M0 0L8 4L0 8Z', class: className });
  const box = { markerWidth: 8, markerHeight: 8, refX: 6, refY: 4, orient: 'auto' };
  return svg('marker', { id, ...box, markerUnits: 'userSpaceOnUse' }, triangle);
}

function drawNode({ kind, x, y, id, label }) {
  const { width, height } = NODE;
  const left = x - width / 2;
  const rx = kind === 'topic' ? height / 2 : 6;
  const under = svg('text', { class: 'under', x, y: y + 15 });
  const group = svg(
    'g',
    { class: `node ${kind}` },
    svg('rect', { x: left, y: y - height / 2, width, height, rx }),
    svg('text', { x, y: y - 2 }, label ?? id),
    under,
  );
  return { group, under };
}

function drawEdge({ path, label, anchor = 'middle' }) {
  const line = svg('path', { d: path });
  const group = svg('g', { class: 'edge' }, line);
  const text = label && svg('text', { x: label[0], y: label[1], 'text-anchor': anchor });
  if (text) group.append(text);
  return { group, line, text };
}

function key() {
  const entry = (kind, rx, row, words) =>
    svg(
      'g',
      { class: `node ${kind}` },
      svg('rect', { x: 8, y: 14 + row * 19, width: 22, height: 12, rx }),
      svg('g', { class: 'key' }, svg('text', { x: 38, y: 24 + row * 19 }, words)),
    );
  return svg(
    'g',
    {},
    entry('topic', 6, 0, 'topic'),
    entry('step', 2, 1, 'exactly-once step'),
    entry('llm', 2, 2, 'language model'),
  );
}

/** Draws into `root`; returns the update. */
export function createLoop(root) {
  const drawnNodes = nodes.map((node) => ({ ...node, ...drawNode(node) }));
  const drawnEdges = edges.map((edge) => ({ ...edge, ...drawEdge(edge) }));
  const picture = svg(
    'svg',
    { class: 'loop', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': description },
    svg('defs', {}, tip('tip', 'tip'), tip('tip-on', 'tip on')),
    key(),
    ...drawnEdges.map((edge) => edge.group),
    ...drawnNodes.map((node) => node.group),
  );
  root.append(picture);

  return function update(rates, stages) {
    for (const { topic, by, group, line, text } of drawnEdges) {
      const perSecond = rates.perSecond(topic);
      const writer = by && stages.find((one) => one.name === by);
      const pace = perSecond ?? writer?.perSecond;
      const flows = pace > 0;
      group.classList.toggle('flows', flows);
      line.setAttribute('marker-end', flows ? 'url(#tip-on)' : 'url(#tip)');
      line.style.strokeWidth = flows ? String(1.25 + 0.45 * Math.log10(1 + pace)) : '';
      if (text) setText(text, perSecond === undefined ? '' : rate(perSecond));
    }
    for (const { id, kind, under, uncounted, task } of drawnNodes) {
      const stage = stages.find((one) => one.name === (task ?? id));
      const total = rates.total(id);
      if (kind === 'topic')
        setText(under, total === undefined ? (uncounted ?? 'none yet') : integer(total));
      else if (!stage) setText(under, 'not started');
      else setText(under, `${task ?? rate(stage.perSecond)}, lag ${integer(stage.lag)}`);
    }
  };
}
