// Paths into a row: `properties.product_id`, `items[].item_id`, `event_params[key=session].value`.
import { isRow, type Row, type RowValue } from './row.ts';

/**
 * One step: a name; `[]`, each element of a list; or the element of a list that has a value under a
 * name.
 */
type Step = string | typeof EACH | { readonly name: string; readonly is: string };

const EACH = Symbol('each');

/** Reads the values at a path: one, or one for each element where the path has `[]`. */
export interface Path {
  /** The path as it is written. */
  readonly text: string;
  /** Whether it reads a list, one value for each element. */
  readonly each: boolean;
  /** The value at the path; undefined where nothing is. The list if the path has `[]`. */
  of(row: Row): RowValue;
}

const BRACKET = /^\[(?:(\w+)=([^\]]*))?\]/;

/** @throws Error for what is no path */
export function pathOf(text: string): Path {
  const steps = stepsOf(text);
  return {
    text,
    each: steps.includes(EACH),
    of: (row) => (Object.hasOwn(row, text) ? row[text] : valueAt(row, steps, 0)),
  };
}

function stepsOf(text: string): Step[] {
  const steps: Step[] = [];
  let rest = text;
  while (rest !== '') {
    const bracket = BRACKET.exec(rest);
    if (bracket) {
      const [whole, name, is = ''] = bracket;
      steps.push(name === undefined ? EACH : { name, is });
      rest = rest.slice(whole.length);
    } else {
      const end = rest.search(/[.[]/);
      const name = end < 0 ? rest : rest.slice(0, end);
      if (name === '') throw new Error(`${text} is no path`);
      steps.push(name);
      rest = end < 0 ? '' : rest.slice(end);
    }
    if (rest.startsWith('.')) {
      rest = rest.slice(1);
      if (rest === '') throw new Error(`${text} is no path`);
    }
  }
  if (steps.filter((step) => step === EACH).length > 1) {
    throw new Error(`${text} has [] twice`);
  }
  return steps;
}

function valueAt(value: RowValue, steps: readonly Step[], from: number): RowValue {
  let found = value;
  for (let i = from; i < steps.length; i++) {
    const step = steps[i]!;
    if (step === EACH) {
      if (!Array.isArray(found)) return undefined;
      return found.map((one) => valueAt(one, steps, i + 1));
    }
    if (typeof step === 'object') {
      if (!Array.isArray(found)) return undefined;
      found = (found as RowValue[]).find(
        (one) => isRow(one) && Object.hasOwn(one, step.name) && String(one[step.name]) === step.is,
      );
      continue;
    }
    if (!isRow(found)) return undefined;
    if (!Object.hasOwn(found, step)) {
      const rest = dotted(found, steps, i);
      return rest && valueAt(rest.value, steps, rest.next);
    }
    found = found[step];
  }
  return found;
}

interface Rest {
  readonly value: RowValue;
  /** The step that goes on from there. */
  readonly next: number;
}

/** Flattened exports have names such as `properties.product_id`: several steps in one name. */
function dotted(row: Row, steps: readonly Step[], from: number): Rest | undefined {
  let name = String(steps[from]);
  for (let i = from + 1; i < steps.length; i++) {
    const step = steps[i]!;
    if (typeof step !== 'string') return undefined;
    name += `.${step}`;
    if (Object.hasOwn(row, name)) return { value: row[name], next: i + 1 };
  }
  return undefined;
}
