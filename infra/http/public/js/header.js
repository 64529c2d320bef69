// Phase, progress of the replay, time and connection.
import { byId, setText } from './dom.js';
import { duration, integer, percent, rate } from './format.js';

export function updateHeader({ phase, replay, seconds }) {
  const { events, total, perSecond } = replay;
  const share = total > 0 ? Math.min(1, events / total) : 0;
  setText(byId('phase'), phase);
  setText(byId('elapsed'), `${phase === 'done' ? 'took ' : ''}${duration(seconds)}`);
  const of = total > 0 ? ` of ${integer(total)}` : '';
  const speed = perSecond > 0 ? `, ${rate(perSecond)}` : '';
  const done = total > 0 ? ` (${percent(share, 0)})` : '';
  setText(byId('progress-text'), `${integer(events)}${of} events${done}${speed}`);
  byId('progress-bar').style.width = `${share * 100}%`;
  byId('progress').setAttribute('aria-valuenow', String(Math.round(share * 100)));
  document.title = total > 0 && share < 1 ? `${percent(share, 0)} · Millrace` : 'Millrace';
}

export function showStatus(status) {
  const node = byId('connection');
  if (node.dataset.status === status) return;
  node.dataset.status = status;
  setText(node, status);
}

export function showTrouble(text) {
  const node = byId('trouble');
  node.hidden = text === null;
  setText(node, text === null ? '' : `The figures could not be read: ${text}`);
}
