// `millrace describe`: the topology as it runs, which docs/topology.md is generated from.
import type { Command } from 'commander';
import { topologyOf } from '../../app/topology.ts';
import { ownSteps } from '../../app/topology-file.ts';
import { topics as declared } from '../../schemas/index.ts';
import { describeTopology } from '../../streams/engine/describe.ts';
import { type Topology, topicsOf } from '../../streams/engine/topology.ts';
import { nobody } from '../../streams/topology.ts';
import type { CommandContext } from './context.ts';

interface Flags {
  json?: boolean;
  topology?: string;
}

export function defineDescribe(command: Command, { config }: CommandContext): void {
  command
    .option('--topology <file>', 'with the stages of a module of your own')
    .option('--json', 'as JSON')
    .action(async ({ json, topology: file }: Flags) => {
      const settings = config();
      const own = await ownSteps(file, settings);
      const topology = own.beside(topologyOf(settings, { llm: nobody }));
      const topics = [...new Set([...declared, ...topicsOf(topology)])];
      const text = json
        ? JSON.stringify(asJson(topology), null, 2)
        : describeTopology(topology, topics);
      process.stdout.write(`${text.trimEnd()}\n`);
    });
}

function asJson({ stages, enrichers }: Topology) {
  const names = (topics: readonly { name: string }[]) => topics.map(({ name }) => name);
  return {
    stages: stages.map(({ name, doc, steps, inputs, outputs, stores }) => ({
      name,
      doc,
      steps,
      inputs: names(inputs),
      outputs: names(outputs),
      changelogs: stores.map(({ changelog }) => changelog.name),
    })),
    enrichers: enrichers.map(({ name, doc, inputs, outputs }) => ({
      name,
      doc,
      inputs: names(inputs),
      outputs: names(outputs),
    })),
  };
}
