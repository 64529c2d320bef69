// Reads the flags of a benchmark through a shape; a flag that cannot be used ends it with a word.
import type { Command } from 'commander';
import { z } from 'zod';

export const wholeNumber = z.coerce.number().int().positive();
export const positive = z.coerce.number().positive();

export function readOptions<T extends z.ZodType>(program: Command, shape: T): z.infer<T> {
  const parsed = shape.safeParse(program.parse().opts());
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const flag = program.options.find((option) => option.attributeName() === path[0]);
    return `${flag?.long ?? path.join('.')}: ${message}`;
  });
  program.error(`error: ${problems.join('\n       ')}`);
}
