// Holds an object of a file against its shape.
import type { z } from 'zod';
import { BadField } from './fields.ts';

/** Makes a function that gives an object as its shape has it. It throws `BadField`, which names the field. */
export function shaped<S extends z.ZodType>(shape: S): (row: unknown) => z.infer<S> {
  return (row) => {
    const read = shape.safeParse(row);
    if (read.success) return read.data;
    const { path, message } = read.error.issues[0]!;
    throw new BadField(path.length > 0 ? `${path.join('.')}: ${message}` : message);
  };
}
