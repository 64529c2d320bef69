// A view that could not be read says so in the panels that show it; the others go on.
import { el } from './dom.js';

export function updateNotices(panels) {
  for (const box of document.querySelectorAll('.notices')) {
    const failed = box.dataset.views.split(' ').filter((view) => panels[view].error);
    const text = failed.map((view) => `${view}: ${panels[view].error}`);
    const shown = text.join('\n');
    if (box.dataset.shown === shown) continue;
    box.dataset.shown = shown;
    box.replaceChildren(
      ...text.map((line) => el('p', { class: 'notice' }, `Could not be read. ${line}`)),
    );
  }
}
