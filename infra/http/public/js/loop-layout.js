// Where the parts of the loop stand: five columns, four rows, no two lines cross.

export const WIDTH = 1000;
export const HEIGHT = 352;
export const NODE = { width: 132, height: 46 };

const x = [74, 282, 490, 698, 906];
const y = [36, 130, 224, 318];

/** kind: `topic` (a log of records), `step` (a processor), `llm` (a step of the model).
 * `task`: the processor that a step is part of, where it is not one by itself. */
export const nodes = [
  { id: 'user-state', kind: 'topic', x: x[1], y: y[0], uncounted: 'changelog' },
  { id: 'track', kind: 'step', x: x[2], y: y[0], task: 'serve' },
  { id: 'dead-letters', kind: 'topic', x: x[4], y: y[0] },
  { id: 'requests', kind: 'topic', x: x[0], y: y[1] },
  { id: 'decide', kind: 'step', x: x[1], y: y[1], task: 'serve' },
  { id: 'impressions', kind: 'topic', x: x[2], y: y[1] },
  { id: 'simulate', kind: 'llm', x: x[3], y: y[1], label: 'simulate / people' },
  { id: 'clicks', kind: 'topic', x: x[4], y: y[1] },
  { id: 'item-vectors', kind: 'topic', x: x[0], y: y[2] },
  { id: 'snapshots', kind: 'topic', x: x[1], y: y[2] },
  { id: 'learn', kind: 'step', x: x[2], y: y[2] },
  { id: 'examples', kind: 'topic', x: x[3], y: y[2] },
  { id: 'attribute', kind: 'step', x: x[4], y: y[2], task: 'serve' },
  { id: 'represent', kind: 'llm', x: x[0], y: y[3] },
  { id: 'items', kind: 'topic', x: x[1], y: y[3] },
  { id: 'predictions', kind: 'topic', x: x[2], y: y[3] },
  { id: 'calibrate', kind: 'step', x: x[3], y: y[3] },
  { id: 'rewards', kind: 'topic', x: x[4], y: y[3] },
];

/** `topic` is what flows; `label` is where its rate stands, where it is not said already.
 * A topic nobody counts flows when the step that writes it (`by`) is at work. */
export const edges = [
  { topic: 'requests', path: 'M140 130H214', label: [177, 122] },
  { topic: 'impressions', path: 'M348 130H422', label: [385, 122] },
  { topic: 'impressions', path: 'M556 130H630' },
  { topic: 'clicks', path: 'M764 130H838', label: [801, 122] },
  { topic: 'impressions', path: 'M490 107V61' },
  { topic: 'clicks', path: 'M890 107V83H530V61' },
  { topic: 'user-state', by: 'serve', path: 'M424 36H350', label: [386, 28] },
  { topic: 'user-state', by: 'serve', path: 'M282 59V105' },
  { topic: 'clicks', path: 'M906 153V199' },
  { topic: 'impressions', path: 'M490 153V177H872V199' },
  { topic: 'examples', path: 'M840 224H766', label: [802, 216] },
  { topic: 'examples', path: 'M632 224H558' },
  { topic: 'snapshots', path: 'M424 224H350', label: [386, 216] },
  { topic: 'snapshots', path: 'M282 201V155' },
  { topic: 'examples', path: 'M698 247V293' },
  { topic: 'predictions', path: 'M632 318H558' },
  { topic: 'rewards', path: 'M906 247V293', label: [914, 276], anchor: 'start' },
  { topic: 'dead-letters', path: 'M972 224H988V36H974', label: [982, 80], anchor: 'end' },
  { topic: 'predictions', path: 'M490 247V293', label: [498, 276], anchor: 'start' },
  { topic: 'items', path: 'M216 318H142', label: [178, 310] },
  { topic: 'item-vectors', path: 'M74 295V249', label: [82, 276], anchor: 'start' },
  { topic: 'item-vectors', path: 'M140 224H178V143H214' },
];
