// Numbers of the command line.
import { InvalidArgumentError } from 'commander';

/** A whole number above 0. @throws InvalidArgumentError for anything else */
export function whole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('A whole number above 0 is wanted.');
}

/** A number above 0. @throws InvalidArgumentError for anything else */
export function above0(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('A number above 0 is wanted.');
}
