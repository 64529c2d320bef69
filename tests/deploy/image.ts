// Carries out a Dockerfile on bare directories, without a container engine: each stage is a folder that becomes
// the root of its commands, in a mount namespace of their own. This machine's /usr and /etc stand for the
// base image, read-only, with Node in /usr/local. It needs Linux, `unshare` and root.
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Run } from '../support/millrace.ts';
import { pairsOf, parseDockerfile, type Stage, wordsOf } from './dockerfile.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'infra/docker');

/** Why the steps cannot be carried out here; empty: they can. */
export function whyNoImage(): string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes root on Linux';
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return '';
  } catch {
    return 'no mount namespace can be made';
  }
}

/** What the file beside the Dockerfile lets into the build. */
const allowed = readFileSync(join(folder, 'Dockerfile.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));

/** Variables by which npm finds its registry, and Node its certificates. */
const network = /^(npm_config_|node_extra_ca_certs|https?_proxy|no_proxy|ssl_cert)/i;

interface Place {
  readonly dir: string;
  workdir: string;
  user: string;
  env: Record<string, string>;
  args: Record<string, string>;
}

export class Image {
  readonly stage: Stage;
  private readonly places = new Map<string, Place>();
  private readonly dir: string;

  /** @param dir an empty folder */
  constructor(dir: string) {
    this.dir = dir;
    this.base();
    const stages = parseDockerfile(readFileSync(join(folder, 'Dockerfile'), 'utf8'));
    for (const stage of stages) this.build(stage);
    this.stage = stages.at(-1)!;
  }

  /** Folder that is the root of the image. */
  get root(): string {
    return this.places.get(this.stage.name)!.dir;
  }

  /** Folders of the image that may be written to. */
  get volumes(): string[] {
    return wordsOf(this.stage, 'VOLUME');
  }

  /**
   * Starts a command in the image, whose root is read-only.
   * @param words what follows the entry point. @default the default command
   */
  start(words = wordsOf(this.stage, 'CMD'), env: Record<string, string> = {}): Run {
    return this.inside([...wordsOf(this.stage, 'ENTRYPOINT'), ...words], env);
  }

  /** Runs any command in the image, as `docker exec` would. */
  inside(command: readonly string[], env: Record<string, string> = {}): Run {
    const place = this.places.get(this.stage.name)!;
    const script = [
      this.mounts(place.dir),
      `mount -o remount,bind,ro ${place.dir}`,
      ...this.volumes.map((path) => `mount --bind ${this.volume(path)} ${place.dir}${path}`),
      this.enter(place, 'exec "$@"'),
    ].join('\n');
    const child = spawn('unshare', ['--mount', 'sh', '-ec', script, 'sh', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...place.env, ...env },
    });
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (output.out += chunk));
    child.stderr.on('data', (chunk) => (output.err += chunk));
    const ended = new Promise<number | null>((done) => child.once('close', done));
    return { child, output, ended };
  }

  /** The folder that is mounted as a volume; it belongs to the user of the image, as Docker has it. */
  private volume(path: string): string {
    const dir = join(this.dir, 'volumes', basename(path));
    const place = this.places.get(this.stage.name)!;
    if (existsSync(dir)) return dir;
    mkdirSync(dir, { recursive: true });
    mkdirSync(join(place.dir, path), { recursive: true });
    if (path === '/tmp') chmodSync(dir, 0o1777);
    else execFileSync('chown', [`--reference=${join(place.dir, path)}`, dir]);
    return dir;
  }

  /** Node and npm, where the base image has them. */
  private base(): void {
    const local = join(this.dir, 'local');
    mkdirSync(join(local, 'bin'), { recursive: true });
    copyFileSync(realpathSync(process.execPath), join(local, 'bin/node'));
    const npm = dirname(dirname(realpathSync(execFileSync('which', ['npm']).toString().trim())));
    cpSync(npm, join(local, 'npm'), { recursive: true });
    const script = '#!/bin/sh\nexec /usr/local/bin/node /usr/local/npm/bin/npm-cli.js "$@"\n';
    writeFileSync(join(local, 'bin/npm'), script, { mode: 0o755 });
  }

  private build(stage: Stage): void {
    const dir = join(this.dir, stage.name || 'image');
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/root' };
    const place: Place = { dir, workdir: '/', user: '0:0', env, args: {} };
    this.places.set(stage.name, place);
    for (const path of ['usr', 'etc', 'proc', 'dev', 'tmp', 'root'])
      mkdirSync(join(dir, path), { recursive: true });
    for (const path of ['bin', 'lib', 'lib64', 'sbin'])
      if (existsSync(`/${path}`)) symlinkSync(`usr/${path}`, join(dir, path));
    for (const { word, rest } of stage.steps) this.step(place, word, rest);
  }

  private step(place: Place, word: string, rest: string): void {
    if (word === 'WORKDIR') {
      place.workdir = resolve(place.workdir, rest);
      mkdirSync(join(place.dir, place.workdir), { recursive: true });
    } else if (word === 'USER') place.user = rest;
    else if (word === 'ARG') Object.assign(place.args, pairsOf(rest));
    else if (word === 'ENV')
      for (const [name, value] of Object.entries(pairsOf(rest)))
        place.env[name] = value.replaceAll(/\$(\w+)/g, (_, key: string) => place.env[key] ?? '');
    else if (word === 'COPY') this.copy(place, rest);
    else if (word === 'RUN') this.run(place, rest);
  }

  private copy(place: Place, rest: string): void {
    const words = rest.split(/\s+/);
    const from = words[0]?.startsWith('--from=')
      ? words.shift()!.slice('--from='.length)
      : undefined;
    const to = words.pop()!;
    const target = join(place.dir, resolve(place.workdir, to));
    const source = from === undefined ? root : this.places.get(from)!.dir;
    const named = from === undefined && words[0] === '.' ? allowed : words;
    for (const name of named) {
      if (from === undefined && !allowed.includes(name))
        throw new Error(`${name} is not let into the build: see Dockerfile.dockerignore`);
      const path = join(source, name);
      const isFolder = statSync(path).isDirectory();
      const into = to.endsWith('/') || to === '.' || named === allowed;
      const end =
        isFolder && named !== allowed ? target : into ? join(target, basename(name)) : target;
      mkdirSync(dirname(end), { recursive: true });
      execFileSync('cp', ['-aT', path, end]);
    }
  }

  private run(place: Place, command: string): void {
    const npmrc = join(homedir(), '.npmrc');
    const script = [
      this.mounts(place.dir),
      `mount -t tmpfs tmpfs ${place.dir}/root`,
      existsSync(npmrc) ? `cp ${npmrc} ${place.dir}/root/.npmrc` : '',
      this.enter(place, 'exec sh -ec "$1"'),
    ].join('\n');
    const passed = Object.entries(process.env).filter(([name]) => network.test(name));
    execFileSync('unshare', ['--mount', 'sh', '-ec', script, 'sh', command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(passed), ...place.args, ...place.env },
    });
  }

  private mounts(dir: string): string {
    return [
      'mount --make-rprivate /',
      `mount --bind ${dir} ${dir}`,
      ...['usr', 'etc'].map((path) => `mount --bind -o ro /${path} ${dir}/${path}`),
      `mount --bind -o ro ${join(this.dir, 'local')} ${dir}/usr/local`,
      ...['proc', 'dev'].map((path) => `mount --rbind /${path} ${dir}/${path}`),
      `mount -t tmpfs tmpfs ${dir}/tmp`,
    ].join('\n');
  }

  private enter(place: Place, then: string): string {
    const inner = `cd ${place.workdir}; ${then}`;
    return `exec /usr/sbin/chroot --userspec=${place.user} ${place.dir} sh -ec '${inner}' sh "$@"`;
  }
}
