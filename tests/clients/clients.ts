// The clients that are tried: where each comes from, how it is installed, and how its program is run.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
export const fileOf = (...names: string[]) => join(here, ...names);

export type Command = readonly [string, ...string[]];

export interface Client {
  /** Name in its registry. */
  name: string;
  language: string;
  /** Version that is tried. */
  version: string;
  /** Files on which the installed folder depends. */
  files: string[];
  /** A command that works where the language is installed. */
  needs: Command;
  /** Commands that install it into an empty folder. */
  install(folder: string): Command[];
  /** The program; the address and its arguments come after it. */
  program(folder: string): Command;
  environment?(folder: string): Record<string, string>;
}

/** The version that a file pins. */
function pinned(pattern: RegExp, ...file: string[]): string {
  const version = pattern.exec(readFileSync(fileOf(...file), 'utf8'))?.[1];
  if (!version) throw new Error(`${file.join('/')} pins no version by ${pattern}`);
  return version;
}

const node: Client = {
  name: '@clickhouse/client',
  language: 'Node',
  version: pinned(/"@clickhouse\/client": "(.*)"/, '..', '..', 'package.json'),
  files: [],
  needs: [process.execPath, '--version'],
  install: () => [],
  program: () => [process.execPath, fileOf('node', 'client.ts')],
};

const python: Client = {
  name: 'clickhouse-connect',
  language: 'Python, with SQLAlchemy',
  version: pinned(/clickhouse-connect\[sqlalchemy\]==(.*)/, 'python', 'requirements.txt'),
  files: [fileOf('python', 'requirements.txt')],
  needs: ['python3', '-m', 'pip', '--version'],
  install: (folder) => [
    [
      ...(['python3', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'] as const),
      ...['--root-user-action', 'ignore', '--target', folder],
      ...['-r', fileOf('python', 'requirements.txt')],
    ],
  ],
  program: () => ['python3', fileOf('python', 'client.py')],
  environment: (folder) => ({ PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' }),
};

const java: Client = {
  name: 'com.clickhouse:clickhouse-jdbc',
  language: 'Java, JDBC',
  version: pinned(
    /<artifactId>clickhouse-jdbc<\/artifactId>\s*<version>(.*)<\/version>/,
    'java',
    'pom.xml',
  ),
  files: [fileOf('java', 'pom.xml')],
  needs: ['mvn', '-v'],
  install: (folder) => [
    ['mvn', '-B', '-q', '-f', fileOf('java', 'pom.xml'), 'package', `-Dparts.dir=${folder}`],
  ],
  program: (folder) => ['java', '-cp', join(folder, '*'), fileOf('java', 'Client.java')],
};

const go: Client = {
  name: 'github.com/ClickHouse/clickhouse-go/v2',
  language: "Go, over HTTP, as Grafana's plugin",
  version: pinned(/clickhouse-go\/v2 v(.*)/, 'go', 'go.mod'),
  files: ['go.mod', 'go.sum', 'main.go'].map((file) => fileOf('go', file)),
  needs: ['go', 'version'],
  install: (folder) => [['go', '-C', fileOf('go'), 'build', '-o', join(folder, 'client'), '.']],
  program: (folder) => [join(folder, 'client')],
};

const rust: Client = {
  name: 'clickhouse',
  language: 'Rust',
  version: pinned(/clickhouse = \{ version = "=(.*?)"/, 'rust', 'Cargo.toml'),
  files: ['Cargo.toml', 'Cargo.lock', 'src/main.rs'].map((file) => fileOf('rust', file)),
  needs: ['cargo', '--version'],
  install: (folder) => {
    // Cargo writes beside its sources, so it gets a copy; what it compiles on the way is not kept.
    const [sources, target] = [join(folder, '..', 'sources'), join(folder, '..', 'target')];
    cpSync(fileOf('rust'), sources, { recursive: true });
    const places = ['--path', sources, '--root', folder, '--target-dir', target];
    return [['cargo', 'install', '--quiet', '--debug', '--locked', '--no-track', ...places]];
  },
  program: (folder) => [join(folder, 'bin', 'millrace-clients')],
};

export const clients: readonly Client[] = [node, python, java, go, rust];
