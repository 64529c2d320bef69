// `millrace describe`: the topology as it runs, which docs/topology.md is generated from.
import type { Command } from 'commander';
import { promoting } from '../../app/topology.ts';
import { topics } from '../../schemas/index.ts';
import { describeTopology } from '../../streams/engine/describe.ts';
import { nobody } from '../../streams/topology.ts';

export function defineDescribe(command: Command): void {
  command.option('--json', 'as JSON').action(({ json }: { json?: boolean }) => {
    const topology = promoting({ salt: 'millrace-1' }, { llm: nobody });
    const text = json
      ? JSON.stringify(asJson(topology), null, 2)
      : describeTopology(topology, topics);
    process.stdout.write(`${text.trimEnd()}\n`);
  });
}

function asJson({ stages, enrichers }: ReturnType<typeof promoting>) {
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
