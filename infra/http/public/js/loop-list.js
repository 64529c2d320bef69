// The loop in words, for a page too narrow for the drawing; the style sheet shows one of the two.
import { el, setText } from './dom.js';
import { integer, rate } from './format.js';

const sentence = ({ reads, looksUp, writes }) =>
  [
    reads.length > 0 && `reads ${reads.join(', ')}`,
    looksUp.length > 0 && `looks up ${looksUp.join(', ')}`,
    writes.length > 0 && `writes ${writes.join(', ')}`,
  ]
    .filter(Boolean)
    .join('; ');

/** @returns `draw(steps)`, to be called with the topology, and `update(stages)` */
export function createLoopList(root) {
  const list = el('ol', { class: 'loop-list' });
  root.append(list);
  let shown = '';
  let steps = [];

  function draw(outline) {
    const content = JSON.stringify(outline);
    if (content === shown) return;
    shown = content;
    steps = outline.map((step) => {
      const pace = el('span', { class: 'pace num' });
      const node = el(
        'li',
        { class: step.kind },
        el('strong', {}, step.name),
        pace,
        el('p', {}, sentence(step)),
      );
      return { name: step.name, node, pace };
    });
    list.replaceChildren(...steps.map(({ node }) => node));
  }

  function update(stages) {
    for (const { name, pace } of steps) {
      const stage = stages.find((one) => one.name === name);
      setText(pace, stage ? `${rate(stage.perSecond)}, lag ${integer(stage.lag)}` : 'not started');
    }
  }

  return { draw, update };
}
