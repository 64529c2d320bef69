// The page on which explanations are rated: lists the latest, sends the marks of one at a time.
import { byId, el } from './dom.js';

const aspects = [
  ['helpful', 'Helpful', 'Does it help to decide?'],
  ['true', 'True', 'Is what it says so?'],
  ['clear', 'Clear', 'Is it easy to understand?'],
];
const marks = [1, 2, 3, 4, 5];

function scale(hash, [name, label, question]) {
  const choices = marks.map((mark) =>
    el(
      'label',
      {},
      el('input', { type: 'radio', name: `${hash}-${name}`, value: mark, 'data-aspect': name }),
      String(mark),
    ),
  );
  return el('fieldset', { title: question }, el('legend', {}, label), ...choices);
}

function field(name, values) {
  return values.length === 0 ? [] : [el('dt', {}, name), el('dd', {}, values.join(', '))];
}

function chosen(node) {
  const found = [...node.querySelectorAll('input:checked')];
  return Object.fromEntries(found.map((input) => [input.dataset.aspect, Number(input.value)]));
}

function reason(one) {
  const send = el('button', { type: 'button', disabled: '' }, 'Rate');
  const said = el('p', { class: 'said', role: 'status' });
  const node = el(
    'li',
    { class: 'reason', 'data-hash': one.hash },
    el('h2', {}, one.title),
    el('p', { class: 'text' }, one.text),
    el(
      'dl',
      {},
      ...field('You liked', one.citedTitles),
      ...field('Groups', one.citedGroups),
      ...field('Record', one.citedAttributes),
    ),
    el('div', { class: 'marks' }, ...aspects.map((aspect) => scale(one.hash, aspect)), send),
    said,
  );
  const say = (text, tone) => {
    said.textContent = text;
    said.dataset.tone = tone;
  };
  if (one.judgementsByPeople > 0) say('Rated before.', '');
  node.addEventListener('change', () => {
    send.disabled = Object.keys(chosen(node)).length < aspects.length;
  });
  send.addEventListener('click', async () => {
    send.disabled = true;
    say('Sending …', '');
    try {
      await keep({ hash: one.hash, by: byId('by').value, marks: chosen(node) });
      say('Kept. Thank you.', 'good');
    } catch (error) {
      say(error.message, 'bad');
      send.disabled = false;
    }
  });
  return node;
}

async function keep(rating) {
  const answer = await fetch('/api/judgements', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rating),
  });
  if (answer.ok) return;
  const { what = `The server said ${answer.status}.` } = await answer.json().catch(() => ({}));
  throw new Error(what);
}

async function show() {
  const answer = await fetch('/api/explanations');
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.what);
  byId('list').replaceChildren(...found.map(reason));
  byId('empty').hidden = found.length > 0;
}

show().catch((error) => {
  byId('trouble').textContent = `The explanations could not be read. ${error.message}`;
  byId('trouble').hidden = false;
});
