// Numbers with their units, times in UTC. Anything not known is a dash.

export const MISSING = '–';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

const known = (value) => typeof value === 'number' && Number.isFinite(value);

export const integer = (value) => (known(value) ? whole.format(value) : MISSING);

export const fixed = (value, digits) => (known(value) ? value.toFixed(digits) : MISSING);

/** A sum that is whole for clicks and not for ratings. */
export const amount = (value) => (Number.isInteger(value) ? integer(value) : fixed(value, 1));

/** A share from 0 to 1. */
export const percent = (value, digits = 1) =>
  known(value) ? `${(value * 100).toFixed(digits)} %` : MISSING;

/** Records a second. */
export function rate(value) {
  if (!known(value)) return MISSING;
  if (value > 0 && value < 10) return `${value.toFixed(1)}/s`;
  return value < 10_000 ? `${whole.format(value)}/s` : `${compact.format(value).toLowerCase()}/s`;
}

export function milliseconds(value) {
  if (!known(value)) return MISSING;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

/** Seconds as `42 s`, `3 min 05 s` or `1 h 02 min`. */
export function duration(seconds) {
  if (!known(seconds)) return MISSING;
  const s = Math.floor(seconds);
  const pad = (n) => String(n).padStart(2, '0');
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${pad(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} min`;
}

/** Epoch ms as `2018-09-24 14:27:30`. */
export function utc(ms) {
  return known(ms) && ms > 0 ? new Date(ms).toISOString().slice(0, 19).replace('T', ' ') : MISSING;
}
