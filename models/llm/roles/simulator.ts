// The simulator: what a user would answer. The model's signal is how near an item's vector is to what
// the user liked; a head calibrated on logged feedback makes it a probability (models/reward).
import { defineRole } from '../role.ts';
import { history, item, talk, written } from '../text-fields.ts';
import { ITEM_PROMPT } from './representer.ts';

export const simulator = defineRole({
  name: 'simulator',
  doc: 'Vectors of items, for the probability that a simulated user likes one.',
  fields: { ...item, ...history, persona: written, memory: talk },
  prompts: [ITEM_PROMPT],
  usedBy: ['`represent`, for `simulate` and `calibrate`', '`simulate`', '`evaluate simulator`'],
});
