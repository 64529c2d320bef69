// Axes and scales of the charts. Ticks of time are in UTC.

const DAY = 86_400;

/** Labels as coarse as the distance of the ticks (s); between two seconds there is none. */
export function timeTicks(_chart, splits, _axis, _space, step) {
  const cut = step >= 360 * DAY ? [0, 4] : step >= 28 * DAY ? [0, 7] : step >= DAY ? [5, 10] : null;
  const [from, to] = cut ?? (step >= 60 ? [11, 16] : [11, 19]);
  return splits.map((s) =>
    Number.isInteger(s) ? new Date(s * 1000).toISOString().slice(from, to) : '',
  );
}

/** Some air above and below; a fixed range where the unit has one. */
export function rangeOf(fixedRange) {
  if (fixedRange) return () => fixedRange;
  return (_chart, low, high) => {
    if (low === null || high === null) return [0, 1];
    const air = (high - low || Math.abs(high) || 1) * 0.08;
    return [low >= 0 ? Math.max(0, low - air) : low - air, high + air];
  };
}

export function axes({ ink, grid, xTime, xFormat, yFormat, font }) {
  const common = { stroke: ink, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  const xAxis = { ...common, size: 26, space: 70, gap: 6, grid: { show: false } };
  xAxis.values = xTime ? timeTicks : (_chart, splits) => splits.map(xFormat);
  const yAxis = { ...common, size: 52, space: 34, gap: 6 };
  yAxis.values = (_chart, splits) => splits.map(yFormat);
  return [xAxis, yAxis];
}
