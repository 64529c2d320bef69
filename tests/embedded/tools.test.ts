// What the set-up knows about Java, Node and platforms.
import { describe, expect, it } from '@jest/globals';
import { hostPort } from '../../infra/embedded/doctor/external.ts';
import { binariesFor } from '../../infra/embedded/doctor/packages.ts';
import { parseJavaVersion } from '../../infra/embedded/java.ts';
import { partMissing } from '../../infra/embedded/missing.ts';

describe('parseJavaVersion', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17, '17.0.15'],
    ['openjdk version "21" 2023-09-19', 21, '21'],
    ['java version "1.8.0_392"', 8, '1.8.0_392'],
    ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "25-ea" 2025-09-16', 25, '25-ea'],
  ])('reads %s', (output, major, version) => {
    expect(parseJavaVersion(output)).toEqual({ major, version });
  });

  it('reads no version from other words', () => {
    expect(parseJavaVersion('Unable to locate a Java Runtime.')).toBeUndefined();
  });
});

describe('partMissing', () => {
  it('says what, why and the two ways on', () => {
    const error = partMissing('Java', 'no java', 'java');
    expect(error.code).toBe('part-missing');
    expect(error.why).toContain('Kafka');
    expect(error.todo).toMatch(/install.*KAFKA_BROKERS.*SCHEMA_REGISTRY_URL/);
    expect(partMissing('pip', 'none', 'pip').todo).toContain('LLM_MODEL');
    expect(partMissing('chDB', 'none', 'clickhouse').todo).toContain('CLICKHOUSE_URL');
  });
});

describe('binariesFor', () => {
  it('names the native packages of a platform', () => {
    expect(binariesFor('chdb', 'darwin', 'arm64')).toEqual(['@chdb/lib-darwin-arm64']);
    expect(binariesFor('chdb', 'linux', 'x64')).toEqual(['@chdb/lib-linux-x64-gnu']);
    expect(binariesFor('chdb', 'win32', 'x64')).toEqual([]);
    expect(binariesFor('node-llama-cpp', 'darwin', 'x64')).toEqual(['@node-llama-cpp/mac-x64']);
  });
});

describe('hostPort', () => {
  it('leaves the login out and fills the default port in', () => {
    expect(hostPort('http://me:secret@house')).toBe('house:80');
    expect(hostPort('https://registry/apis')).toBe('registry:443');
    expect(hostPort('http://127.0.0.1:8123/')).toBe('127.0.0.1:8123');
  });
});
