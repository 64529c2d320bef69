// One line chart with a legend that shows values and switches lines on and off by keyboard too.
import uPlot from '../vendor/uPlot.esm.js';
import { axes, rangeOf } from './chart-axes.js';
import { columnsOf } from './chart-data.js';
import { colour, onSchemeChange, styleOf } from './colours.js';
import { el, setText } from './dom.js';
import { MISSING, utc } from './format.js';

const dashes = { solid: [], dashed: [7, 4], dotted: [2, 3] };
const HEIGHT = 190;

const lastKnown = (values) => values.findLast((value) => value !== null) ?? null;

/** Adds a card with a chart to `root`; returns the update with the rows of its view. */
export function createChart(root, spec) {
  const legend = el('div', { class: 'legend' });
  const plot = el('div', { class: 'plot', role: 'img' });
  const notices = el('div', { class: 'notices', 'data-views': spec.view });
  const heading = el('h2', { id: `${spec.id}-title` }, spec.title, el('small', {}, spec.note));
  const card = { class: 'card chart', id: spec.id, 'aria-labelledby': `${spec.id}-title` };
  root.append(el('section', card, heading, notices, legend, plot));
  const hidden = new Set();
  let names = [];
  let data = [[]];
  let chart = null;
  let values = [];
  let when = null;

  function showValues(index) {
    names.forEach((_, i) => {
      const column = data[i + 1];
      const value = index === null ? lastKnown(column) : column[index];
      const silent = index === null && spec.lastIsLatest === false;
      setText(values[i], silent ? '' : value === null ? MISSING : spec.format(value));
    });
    const x = index === null ? null : data[0][index];
    setText(when, x === null ? '' : spec.xTime ? utc(x * 1000) : spec.xFormat(x));
  }

  function drawLegend() {
    values = names.map(() => el('span', { class: 'num' }));
    when = el('span', { class: 'when num' });
    const buttons = names.map((name, i) => {
      const { slot, dash } = styleOf(name, spec.family);
      const pressed = String(!hidden.has(name));
      const swatch = el('span', { class: `swatch ${slot} ${dash}` });
      const button = el(
        'button',
        { type: 'button', 'aria-pressed': pressed },
        swatch,
        name,
        values[i],
      );
      button.addEventListener('click', () => {
        if (!hidden.delete(name)) hidden.add(name);
        button.setAttribute('aria-pressed', String(!hidden.has(name)));
        chart.setSeries(i + 1, { show: !hidden.has(name) });
      });
      return button;
    });
    legend.replaceChildren(...buttons, when);
  }

  function seriesOf(name) {
    const { slot, dash } = styleOf(name, spec.family);
    const stroke = colour(slot);
    const points = { show: Boolean(spec.points), size: 6, fill: stroke };
    const look = { stroke, width: 1.75, dash: dashes[dash], points, spanGaps: true };
    return { label: name, show: !hidden.has(name), ...look };
  }

  function draw() {
    chart?.destroy();
    const look = { ink: colour('muted'), grid: colour('grid'), font: '11px sans-serif' };
    const { xTime, xFormat } = spec;
    chart = new uPlot(
      {
        width: Math.max(200, plot.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
        scales: {
          x: { time: Boolean(xTime), ...(spec.xRange && { range: () => spec.xRange }) },
          y: { range: rangeOf(spec.range) },
        },
        axes: axes({ ...look, xTime, xFormat, yFormat: spec.axisFormat ?? spec.format }),
        series: [{}, ...names.map(seriesOf)],
        tzDate: (s) => uPlot.tzDate(new Date(s * 1000), 'Etc/UTC'),
        hooks: {
          setCursor: [(u) => showValues(u.cursor.idx ?? null)],
          drawAxes: spec.backdrop ? [(u) => spec.backdrop(u, colour('muted'))] : [],
        },
      },
      data,
      plot,
    );
  }

  function clear() {
    chart?.destroy();
    chart = null;
    names = [];
    legend.replaceChildren();
    plot.replaceChildren(el('p', { class: 'empty' }, spec.empty));
    plot.setAttribute('aria-label', `${spec.title}: ${spec.empty}`);
  }

  new ResizeObserver(() => {
    chart?.setSize({ width: Math.max(200, plot.clientWidth), height: HEIGHT });
  }).observe(plot);
  onSchemeChange(() => chart && draw());
  clear();

  return function update(rows) {
    const next = columnsOf(rows, spec);
    if (next.data[0].length === 0) {
      if (chart) clear();
      return;
    }
    const same = chart && next.names.join('\n') === names.join('\n');
    ({ names, data } = next);
    if (!same) {
      plot.replaceChildren();
      drawLegend();
      draw();
    } else chart.setData(data);
    showValues(chart.cursor.idx ?? null);
    const figures = names.map((name, i) => `${name} ${values[i].textContent}`);
    plot.setAttribute('aria-label', `${spec.title}, latest: ${figures.join(', ')}`);
  };
}
