// The page on which people talk: sends a text, and shows the reply with what it recommends.
import { byId, el } from './dom.js';

const session = crypto.getRandomValues(new Uint32Array(4)).join('-');

function turn(by, text, items = []) {
  const list = items.length > 0 ? [el('ul', {}, ...items.map((title) => el('li', {}, title)))] : [];
  return el('li', { class: 'reason', 'data-by': by }, el('h2', {}, by), el('p', {}, text), ...list);
}

async function ask(text) {
  const answer = await fetch('/api/talk', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ session, text }),
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.what ?? `The server said ${answer.status}.`);
  return body;
}

byId('say').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = byId('text').value.trim();
  if (text === '') return;
  byId('text').value = '';
  byId('trouble').hidden = true;
  byId('turns').append(turn('You', text));
  try {
    const reply = await ask(text);
    byId('turns').append(turn('Millrace', reply.text, reply.items));
  } catch (error) {
    byId('trouble').textContent = `No reply came. ${error.message}`;
    byId('trouble').hidden = false;
  }
});
