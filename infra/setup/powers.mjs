// Where a power is raised by other means than models/power.ts: `**` and Math.pow have other last bits in
// Node 22 than in 24, and equal hashes are promised on both.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { sourceFiles } from './sizes.mjs';

/** Folders whose figures are hashed or recorded. */
const ROOMS = ['schemas', 'models', 'streams', 'datasets', 'app', 'evaluate', 'bin'];

/** One line for each place. */
export function powerFaults(root) {
  return sourceFiles(root, ROOMS)
    .filter((path) => path !== 'models/power.ts' && /\.(?:ts|mjs)$/.test(path))
    .flatMap((path) => powersIn(path, readFileSync(join(root, path), 'utf8')));
}

/** @returns one line for each `**`, `**=` and `pow` of Math in a file's text */
export function powersIn(path, text) {
  // Most files have nothing like it outside of a docstring, and need not be parsed.
  if (!/(?<!\/)\*\*(?!\/)|\bpow\b/.test(text)) return [];
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const faults = [];
  const visit = (node) => {
    if (isPower(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      faults.push(`${path}:${line + 1} raises to a power; power() of models/power.ts does`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return faults;
}

function isPower(node) {
  const { AsteriskAsteriskToken, AsteriskAsteriskEqualsToken } = ts.SyntaxKind;
  if (ts.isBinaryExpression(node)) {
    return [AsteriskAsteriskToken, AsteriskAsteriskEqualsToken].includes(node.operatorToken.kind);
  }
  if (ts.isPropertyAccessExpression(node)) {
    return node.name.text === 'pow' && node.expression.getText() === 'Math';
  }
  if (!ts.isBindingElement(node) || (node.propertyName ?? node.name).getText() !== 'pow')
    return false;
  return node.parent.parent.initializer?.getText() === 'Math';
}
