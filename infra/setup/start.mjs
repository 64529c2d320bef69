// Starts a program of Millrace on a fit Node, as if it had been called itself.
import { passThrough } from './child.mjs';
import { fitNode } from './node.mjs';

// Both are Node's own remarks on features and libraries we chose knowingly.
const QUIET = '--disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning';

/** NODE_OPTIONS for a program of ours: those of the environment, then `more`. */
export function nodeOptions(more = '') {
  return [process.env.NODE_OPTIONS, QUIET, more].filter(Boolean).join(' ');
}

/**
 * Resolves with its exit code. It stands where the caller does, so paths among the arguments are
 * relative to there.
 * @param repair brings the Node among the packages; called where none is fit. @default nothing
 */
export async function startProgram(program, args, repair) {
  const node = await fitNode(repair);
  return passThrough(node, [program, ...args], { NODE_OPTIONS: nodeOptions() }, process.cwd());
}
