// What is still missing where people are to be served, and what to do about it. Gone once all of it is there.
import { byId, el, setText } from './dom.js';
import { integer } from './format.js';
import { topicName } from './rates.js';

/** Code in words: `…` between back ticks becomes a code element. */
const inWords = (text) =>
  text.split('`').map((part, i) => (i % 2 === 1 ? el('code', {}, part) : part));

const steps = [
  {
    name: 'Catalogue',
    topic: 'items',
    unit: 'items',
    missing: 'No item is known, so no slate can be made.',
    todo: 'Bring your own: `millrace init --from <folder or topics>`, then `millrace import`; or send items to `POST /v1/items`.',
  },
  {
    name: 'Requests',
    topic: 'requests',
    unit: 'requests',
    missing: 'Nobody has asked for a slate.',
    todo: 'Ask with `POST /v1/recommend`, or write to the topic `requests`.',
  },
  {
    name: 'Feedback',
    topic: 'clicks',
    unit: 'records of feedback',
    missing: 'Nobody has answered a slate, so nothing is learned.',
    todo: 'Tell what people did with `POST /v1/feedback`, or write to the topic `clicks`.',
  },
];

const model = {
  name: 'Language model',
  missing: 'None runs here: no reasons, no intents, no vectors of items. Serving needs none.',
  todo: 'Start it with `millrace run --llm`.',
};

/** @returns update(state) */
export function createFirstRun(root = byId('first-run')) {
  const list = el('ol', { class: 'steps' });
  const refused = el('p', { class: 'trouble', hidden: '' });
  root.append(list, refused);
  const drawn = [...steps, model].map((step) => {
    const said = el('span', { class: 'said' });
    const todo = el('p', { class: 'todo' }, ...inWords(step.todo));
    const node = el('li', {}, el('strong', {}, step.name), said, todo);
    list.append(node);
    return { ...step, node, said, todoNode: todo };
  });

  function show({ node, said, todoNode, missing }, have) {
    const state = have === '' ? 'missing' : 'there';
    if (node.dataset.state !== state) node.dataset.state = state;
    todoNode.hidden = have !== '';
    setText(said, have === '' ? missing : have);
  }

  return function update({ live, panels }) {
    const { topics, deadLetters } = panels;
    const known = topics.at > 0 && !topics.error;
    const records = (name) =>
      topics.rows.find(({ topic }) => topicName(topic) === name)?.records ?? 0;
    const lacks = steps.some(({ topic }) => records(topic) === 0);
    // A log that is replayed brings all of it by itself.
    root.hidden = !(known && lacks && live.phase === 'serving' && live.replay.total === 0);
    document.body.classList.toggle('first-run', !root.hidden && records('impressions') === 0);
    for (const step of drawn) {
      if (step.topic) {
        const count = records(step.topic);
        show(step, count === 0 ? '' : `${integer(count)} ${step.unit}`);
      } else show(step, live.llm.model);
    }
    const count = deadLetters.rows.reduce((sum, { n }) => sum + n, 0);
    refused.hidden = count === 0;
    setText(
      refused,
      `${integer(count)} records were refused: “Dead letters” below says by which code.`,
    );
  };
}
