// Where the parts of the loop stand. Topics are lines across; stages stand above them, enrichers
// below, each with a stem for what it reads and one for what it writes. All of it follows from the
// topology, so that a step that is added has its place.

export const WIDTH = 1000;
export const PILL = { left: 4, width: 186, height: 19 };
/** Where the rate of a topic ends, and where its line begins. */
export const RATE_END = 246;
const LINE_START = 252;

const BOX = { top: 4, gap: 8, maxWidth: 170 };
/** Height of a line of a step's name, and of the rest of its box. */
export const NAME_LINE = 14;
const REST = 28;
const STEMS = { left: 258, right: 996, apart: 20, clear: 11 };
const ROW = { under: 24, pitch: 26 };

/** Topics in order of first use; those that enrichers use most stand near the enrichers. */
function topicsOf(steps) {
  const uses = new Map();
  for (const { kind, reads, writes, looksUp } of steps) {
    for (const topic of [...reads, ...writes, ...looksUp]) {
      const { all, below } = uses.get(topic) ?? { all: 0, below: 0 };
      uses.set(topic, { all: all + 1, below: below + (kind === 'enricher' ? 1 : 0) });
    }
  }
  const share = (topic) => uses.get(topic).below / uses.get(topic).all;
  return [...uses.keys()].sort((a, b) => share(a) - share(b));
}

/** A name in as many lines as the width asks for, broken at hyphens. */
function linesOf(name, width) {
  const widest = Math.floor(width / 8);
  const lines = [];
  for (const part of name.split(/(?<=-)/)) {
    const joined = (lines.at(-1) ?? '') + part;
    if (lines.length === 0 || joined.length > widest) lines.push(part);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}

/** Centres of steps spread evenly; where its stems would touch another's, a step's pair moves aside. */
function spread(steps, taken) {
  const pitch = (STEMS.right - STEMS.left) / Math.max(1, steps.length);
  const width = Math.min(BOX.maxWidth, pitch - BOX.gap);
  const room = width / 2 - STEMS.apart;
  return steps.map((step, i) => {
    const x = STEMS.left + pitch * (i + 0.5);
    const free = (at) => taken.every((other) => Math.abs(other - at) >= STEMS.clear);
    const shifts = Array.from({ length: 20 }, (_, n) => (n % 2 ? 1 : -1) * Math.ceil(n / 2) * 6);
    const shift = shifts
      .filter((by) => Math.abs(by) <= room)
      .find((by) => free(x + by - STEMS.apart / 2) && free(x + by + STEMS.apart / 2));
    const at = x + (shift ?? 0);
    const read = at - STEMS.apart / 2;
    const write = at + STEMS.apart / 2;
    return { ...step, x, width, read, write, lines: linesOf(step.name, width) };
  });
}

/**
 * @param steps the topology's stages and enrichers: `{ name, kind, doc, reads, looksUp, writes }[]`
 * @returns `topics`, each `{ name, y, from, to }` of its line; `steps`, each with its box, its stems
 *   `{ x, from, to }` towards the box or away, and `marks` where they touch a topic; `height`
 */
export function layoutOf(steps) {
  const names = topicsOf(steps);
  const above = spread(
    steps.filter(({ kind }) => kind === 'stage'),
    [],
  );
  const below = spread(
    steps.filter(({ kind }) => kind === 'enricher'),
    above.flatMap(({ read, write }) => [read, write]),
  );
  const heightOf = (row) => REST + NAME_LINE * Math.max(2, ...row.map(({ lines }) => lines.length));
  const first = BOX.top + heightOf(above) + ROW.under;
  const bottom = first + names.length * ROW.pitch;
  const yOf = new Map(names.map((name, i) => [name, first + i * ROW.pitch]));
  const placed = [
    ...above.map((step) => placeStep(step, yOf, BOX.top, heightOf(above))),
    ...below.map((step) => placeStep(step, yOf, bottom, heightOf(below))),
  ];
  const topics = names.map((name) => {
    const marks = placed.flatMap((step) => step.marks.filter(({ topic }) => topic === name));
    return { name, y: yOf.get(name), from: LINE_START, to: Math.max(...marks.map(({ x }) => x)) };
  });
  return { topics, steps: placed, height: bottom + heightOf(below) + BOX.top };
}

/** The box of a step, its stems as far as the last topic they touch, and the marks where they do. */
function placeStep(step, yOf, top, height) {
  const { kind, x, width, read, write, reads, looksUp, writes } = step;
  const isAbove = kind === 'stage';
  const edge = isAbove ? top + height : top;
  const farthest = (topics) => {
    const ys = topics.map((topic) => yOf.get(topic));
    return isAbove ? Math.max(...ys) : Math.min(...ys);
  };
  const taken = [...reads, ...looksUp];
  const mark = (how, at) => (topic) => ({ kind: how, topic, x: at, y: yOf.get(topic) });
  return {
    ...step,
    box: { x: x - width / 2, y: top, width, height },
    intake: taken.length > 0 ? { x: read, from: farthest(taken), to: edge } : undefined,
    outlet: writes.length > 0 ? { x: write, from: edge, to: farthest(writes) } : undefined,
    marks: [
      ...reads.map(mark('reads', read)),
      ...looksUp.map(mark('looks-up', read)),
      ...writes.map(mark('writes', write)),
    ],
  };
}
