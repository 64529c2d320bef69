// Files of our own that are named by a string, not by an import: a checkout runs as TypeScript, the
// package as compiled JavaScript.
import { fileURLToPath } from 'node:url';

/** Whether this is the package, whose modules are compiled to `.js`; false in a checkout. */
export const compiled = import.meta.url.endsWith('.js');

/**
 * Address of a module that a thread or a child process runs.
 * @param source address of its TypeScript file, made by `new URL` where the file is named
 * @returns the same address in a checkout; that of the `.js` file in the package
 */
export function ownModule(source: URL): URL {
  return compiled ? new URL(source.href.replace(/\.ts$/, '.js')) : source;
}

/**
 * Folder for data and parts if none is named: the checkout; for the package, the working directory.
 */
export const home = compiled ? process.cwd() : fileURLToPath(new URL('..', import.meta.url));
