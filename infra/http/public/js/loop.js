// Draws the loop from the topology and keeps its figures current.
import { el, setText, svg } from './dom.js';
import { integer, rate } from './format.js';
import { layoutOf, NAME_LINE, PILL, RATE_END, WIDTH } from './loop-layout.js';

const list = (names) => names.join(', ');

/** One step in words. */
function sentence({ name, reads, looksUp, writes }) {
  const parts = [
    reads.length > 0 && `reads ${list(reads)}`,
    looksUp.length > 0 && `looks up ${list(looksUp)}`,
    writes.length > 0 && `writes ${list(writes)}`,
  ];
  return `${name} ${parts.filter(Boolean).join('; ')}.`;
}

function description(steps) {
  return `Stages and enrichers with the topics between them. ${steps.map(sentence).join(' ')} The tables of tasks and topics hold the same figures.`;
}

/** What a stem does where it touches a topic: a dot, a ring, or a tip that enters the line. */
function drawMark(kind, x, y) {
  if (kind === 'writes')
    return svg('path', { class: kind, d: `M${x} ${y - 4.5}L${x - 9} ${y}L${x} ${y + 4.5}Z` });
  return svg('circle', { class: kind, cx: x, cy: y, r: 3.4 });
}

function drawTopic({ name, y, from, to }) {
  const { left, width, height } = PILL;
  const total = svg('text', {
    class: 'under',
    x: left + width - 9,
    y: y + 4,
    'text-anchor': 'end',
  });
  const pace = svg('text', { class: 'pace', x: RATE_END, y: y + 4, 'text-anchor': 'end' });
  const line = svg('path', { class: 'line', d: `M${from} ${y}H${to}` });
  const group = svg(
    'g',
    { class: 'topic', 'data-topic': name },
    line,
    svg('rect', { x: left, y: y - height / 2, width, height, rx: height / 2 }),
    svg('text', { class: 'name', x: left + 10, y: y + 4 }, name),
    total,
    pace,
  );
  return { group, line, total, pace };
}

function drawStep({ name, kind, doc, x, lines, box, intake, outlet, marks }) {
  const first = box.y + (box.height - 18 - (lines.length - 1) * NAME_LINE) / 2 + 5;
  const under = svg('text', { class: 'under', x, y: box.y + box.height - 8 });
  const stem = ({ x: at, from, to }) => svg('path', { class: 'stem', d: `M${at} ${from}V${to}` });
  const stems = [intake, outlet].filter(Boolean).map(stem);
  if (intake) {
    const back = intake.to + (intake.to < intake.from ? 8 : -8);
    const at = intake.x;
    stems.push(
      svg('path', { class: 'tip', d: `M${at} ${intake.to}L${at - 4.5} ${back}H${at + 4.5}Z` }),
    );
  }
  const drawnMarks = marks.map((mark) => ({ ...mark, node: drawMark(mark.kind, mark.x, mark.y) }));
  const group = svg(
    'g',
    { class: `step ${kind}`, 'data-step': name },
    svg('title', {}, doc),
    ...stems,
    ...drawnMarks.map(({ node }) => node),
    svg('rect', { ...box, rx: 6 }),
    ...lines.map((line, i) => svg('text', { class: 'name', x, y: first + i * NAME_LINE }, line)),
    under,
  );
  return { group, under, drawnMarks };
}

function key() {
  const words = (x, row, text) => svg('text', { x, y: 18 + row * 17 }, text);
  const box = { x: 6, width: 20, height: 11 };
  return svg(
    'g',
    { class: 'key' },
    svg('g', { class: 'topic' }, svg('rect', { ...box, y: 9, rx: 5.5 })),
    svg('g', { class: 'step stage' }, svg('rect', { ...box, y: 26, rx: 2 })),
    svg('g', { class: 'step enricher' }, svg('rect', { ...box, y: 43, rx: 2 })),
    words(34, 0, 'topic'),
    words(34, 1, 'stage, exactly once'),
    words(34, 2, 'enricher, in a budget'),
    svg(
      'g',
      { class: 'step' },
      ...['reads', 'looks-up', 'writes'].map((kind, row) =>
        drawMark(kind, kind === 'writes' ? 183 : 179, 14 + row * 17),
      ),
    ),
    words(192, 0, 'reads'),
    words(192, 1, 'looks up'),
    words(192, 2, 'writes'),
  );
}

/**
 * Draws into `root`.
 * @returns `draw(steps)`, to be called with the topology, and `update(rates, stages)`
 */
export function createLoop(root) {
  let shown = '';
  let topics = [];
  let steps = [];
  root.append(el('p', { class: 'empty' }, 'The topology is not known yet.'));

  function draw(outline) {
    const content = JSON.stringify(outline);
    if (content === shown) return;
    shown = content;
    const layout = layoutOf(outline);
    topics = layout.topics.map((topic) => ({ ...topic, ...drawTopic(topic) }));
    steps = layout.steps.map((step) => ({ ...step, ...drawStep(step) }));
    const viewBox = `0 0 ${WIDTH} ${layout.height}`;
    const picture = svg(
      'svg',
      { class: 'loop', viewBox, role: 'img', 'aria-label': description(outline) },
      key(),
      ...topics.map(({ group }) => group),
      ...steps.map(({ group }) => group),
    );
    root.replaceChildren(picture);
  }

  const fastest = (names, stages) =>
    Math.max(...stages.filter(({ name }) => names.includes(name)).map((one) => one.perSecond));

  /**
   * Records a second of a topic: as counted; until it was counted twice, as they are taken by a step that
   * reads nothing else. Not finite where neither is known.
   */
  function paceOf(topic, rates, stages) {
    const readers = steps.filter(({ reads }) => reads.length === 1 && reads[0] === topic);
    return (
      rates.perSecond(topic) ??
      fastest(
        readers.map(({ name }) => name),
        stages,
      )
    );
  }

  /** A topic nobody counts flows when a step that writes it is at work. */
  function isWritten(topic, rates, stages) {
    if (rates.total(topic) !== undefined) return false;
    const writers = steps.filter(({ writes }) => writes.includes(topic)).map(({ name }) => name);
    return fastest(writers, stages) > 0;
  }

  function update(rates, stages) {
    const flowing = new Set();
    for (const { name, group, line, total, pace } of topics) {
      const perSecond = paceOf(name, rates, stages);
      const flows = perSecond > 0 || isWritten(name, rates, stages);
      if (flows) flowing.add(name);
      group.classList.toggle('flows', flows);
      line.style.strokeWidth = perSecond > 0 ? String(1.25 + 0.45 * Math.log10(1 + perSecond)) : '';
      setText(total, integer(rates.total(name)));
      setText(pace, rate(perSecond));
    }
    for (const { name, group, under, drawnMarks } of steps) {
      const stage = stages.find((one) => one.name === name);
      const works = stage?.perSecond > 0;
      group.classList.toggle('flows', works);
      for (const { topic, node } of drawnMarks)
        node.classList.toggle('on', works && flowing.has(topic));
      setText(under, stage ? `${rate(stage.perSecond)}, lag ${integer(stage.lag)}` : 'not started');
    }
  }

  return { draw, update };
}
