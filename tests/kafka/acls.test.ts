import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { topologyOf } from '../../app/topology.ts';
import { aclCommands, rightsOf } from '../../infra/kafka/acls.ts';
import { topics } from '../../schemas/index.ts';
import { topicsOf } from '../../streams/engine/topology.ts';
import { nobody } from '../../streams/topology.ts';

const topology = topologyOf(readConfig({}, { folder: null }), { llm: nobody });
const rights = rightsOf(topology, topics, ({ name }) => `recs.${name}`, 'recs.millrace');
const names = (operation: string) =>
  rights.flatMap((one) => (one.operations.includes(operation as never) ? one.names : []));

describe('the rights that are needed', () => {
  it('are to make and read every topic', () => {
    const all = [...new Set([...topics, ...topicsOf(topology)])].map(({ name }) => `recs.${name}`);
    expect(names('Create').toSorted()).toEqual(all.toSorted());
    expect(names('Read')).toEqual(expect.arrayContaining(all));
  });

  it('are to write what stages and enrichers make, apart from what comes from outside', () => {
    const [, made, outside] = rights;
    const kept = ['impressions', 'rewards', 'examples', 'user-state', 'positions', 'dead-letters'];
    expect(made?.names).toEqual(expect.arrayContaining(kept.map((name) => `recs.${name}`)));
    expect(outside?.names).toEqual(
      expect.arrayContaining(['recs.items', 'recs.requests', 'recs.clicks', 'recs.judgements']),
    );
    const both = made?.names.filter((name) => outside?.names.includes(name));
    expect(both).toEqual([]);
    // Each declared topic is written by somebody.
    expect([...made!.names, ...outside!.names].toSorted()).toEqual(names('Create').toSorted());
  });

  it('are on groups and transactional ids with the prefix, and none on the cluster', () => {
    const others = rights.filter(({ resource }) => resource !== 'topic');
    expect(others).toMatchObject([
      { resource: 'group', names: ['recs.millrace-'], prefixed: true, operations: ['Read'] },
      { resource: 'transactional-id', names: ['recs.millrace-'], operations: ['Write'] },
    ]);
  });

  it('are printed as commands of kafka-acls.sh', () => {
    const text = aclCommands(rights, 'User:me', ['a:1', 'b:2']);
    const commands = text.split('\n\n');
    expect(commands).toHaveLength(rights.length);
    expect(commands.at(-1)).toBe(`# Transactions of the tasks and of \`replay\`.
kafka-acls.sh --bootstrap-server a:1,b:2 --add --allow-principal 'User:me' \\
  --operation Write \\
  --resource-pattern-type prefixed \\
  --transactional-id 'recs.millrace-'`);
  });
});
