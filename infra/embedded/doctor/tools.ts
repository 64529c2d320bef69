// Tools the embedded parts are fetched with and run on.
import { existsSync } from 'node:fs';
import { run } from '../command.ts';
import { JAVA_AT_LEAST, lookForJava } from '../java.ts';
import { jarsDir } from '../layout.ts';
import { waysOn } from '../missing.ts';
import { findPip, modelPath } from '../model.ts';
import type { Checked, Finding } from './finding.ts';

export function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fit = major >= 24 || (major === 22 && minor >= 22);
  const what = `${process.version} at ${process.execPath}`;
  if (fit) return { part: 'Node', status: 'ok', what };
  const todo = 'Start through npm, which brings a Node 24 of its own, or install Node 24.';
  return { part: 'Node', status: 'missing', what: `${what}; 22.22 is the least`, todo };
}

export async function java(): Promise<Finding> {
  const part = 'Java';
  const found = await lookForJava();
  const todo = waysOn('java');
  if (!found) return { part, status: 'missing', what: 'no java on PATH or in JAVA_HOME', todo };
  if (found.major < JAVA_AT_LEAST) {
    return {
      part,
      status: 'missing',
      what: `${found.version}; ${JAVA_AT_LEAST} is the least`,
      todo,
    };
  }
  return { part, status: 'ok', what: `${found.version} (${found.command})` };
}

/** Looks for Maven, which is needed only while there are no jars. */
export async function maven({ partsDir }: Checked): Promise<Finding> {
  const asked = await run('mvn', ['-v']);
  const version = /Apache Maven ([\d.]+)/.exec(asked.output)?.[1];
  if (version && asked.code === 0) return { part: 'Maven', status: 'ok', what: version };
  const needed = !existsSync(jarsDir(partsDir));
  return {
    part: 'Maven',
    status: needed ? 'missing' : 'ok',
    what: needed ? 'no mvn that works' : 'absent, and not needed: the jars are here',
    ...(needed ? { todo: waysOn('maven') } : {}),
  };
}

export function jars({ partsDir }: Checked): Finding {
  const part = 'Jars';
  const dir = jarsDir(partsDir);
  if (existsSync(dir)) return { part, status: 'ok', what: `Kafka and Apicurio Registry in ${dir}` };
  const todo = 'Nothing: the next start fetches them, about 160 MB.';
  return { part, status: 'warn', what: 'Kafka and Apicurio Registry are not fetched yet', todo };
}

/** Looks for pip, which is needed only while there is no model. */
export async function pip({ partsDir }: Checked): Promise<Finding> {
  const found = await findPip();
  if (found) return { part: 'pip', status: 'ok', what: found.join(' ') };
  const needed = !existsSync(modelPath(partsDir));
  return {
    part: 'pip',
    status: needed ? 'missing' : 'ok',
    what: needed ? 'no pip that works' : 'absent, and not needed: the model is here',
    ...(needed ? { todo: waysOn('pip') } : {}),
  };
}
