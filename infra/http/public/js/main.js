// Puts the page together and feeds it from the live connection.
import { createBeyondClicks, createStays, createUnfairGroups } from './beyond-clicks.js';
import { createCharts } from './charts.js';
import { connect } from './connection.js';
import { createDecisions } from './decisions.js';
import { byId } from './dom.js';
import { createFirstRun } from './first-run.js';
import { showStatus, showTrouble, updateHeader } from './header.js';
import { createLoop } from './loop.js';
import { createLoopList } from './loop-list.js';
import { createModels } from './models.js';
import { updateNotices } from './notices.js';
import {
  createDeadLetters,
  createExperiments,
  createFidelity,
  createLlm,
  createStages,
  createTiers,
  createTopics,
} from './panels.js';
import { Rates } from './rates.js';
import { createAudit, createExplanations, createIntents } from './roles.js';
import { createTiles } from './tiles.js';
import { createVariants } from './variants.js';

const rates = new Rates();
const loop = createLoop(byId('loop'));
const list = createLoopList(byId('loop-list'));
const updates = [
  createFirstRun(),
  createTiles(),
  createStages(),
  createLlm(),
  createTopics(),
  createCharts(byId('charts')),
  createVariants(),
  createBeyondClicks(),
  createStays(),
  createUnfairGroups(),
  createModels(),
  createIntents(),
  createExplanations(),
  createAudit(),
  createExperiments(),
  createDecisions(),
  createTiers(),
  createFidelity(),
  createDeadLetters(),
];

function show(state) {
  const { live, panels } = state;
  if (!panels.topics.error && panels.topics.at > 0) rates.add(panels.topics.at, panels.topics.rows);
  updateHeader(live);
  updateNotices(panels);
  loop.update(rates, live.stages);
  list.update(live.stages);
  for (const update of updates) update(state, rates);
}

connect('events', {
  topology(steps) {
    loop.draw(steps);
    list.draw(steps);
  },
  state: show,
  status: showStatus,
  trouble: showTrouble,
});
