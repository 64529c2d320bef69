// The one error for a tool or part this machine lacks: what, why, and the two ways on.
import { MillraceError } from '../../schemas/errors.ts';

const WAYS = {
  java: {
    need: 'Java 17 or later runs the embedded Kafka broker and schema registry',
    install:
      'install it (Debian: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk)',
    instead: 'set KAFKA_BROKERS and SCHEMA_REGISTRY_URL to ones of your own',
  },
  maven: {
    need: 'Maven fetches the embedded Kafka broker and schema registry',
    install: 'install it (Debian: apt-get install maven; macOS: brew install maven)',
    instead: 'set KAFKA_BROKERS and SCHEMA_REGISTRY_URL to ones of your own',
  },
  pip: {
    need: 'pip fetches the default language model',
    install: 'install it (Debian: apt-get install python3-pip; macOS: brew install python)',
    instead: 'set LLM_MODEL to a GGUF file of your own or an hf: address',
  },
  clickhouse: {
    need: 'chDB is the embedded ClickHouse',
    install: 'run npm install again; if your platform has no chDB package, that cannot help',
    instead: 'set CLICKHOUSE_URL to a ClickHouse of your own',
  },
} as const;

export type Way = keyof typeof WAYS;

export function waysOn(way: Way): string {
  return `Either ${WAYS[way].install}, or ${WAYS[way].instead}.`;
}

export function partMissing(part: string, found: string, way: Way, cause?: unknown): MillraceError {
  return new MillraceError({
    code: 'part-missing',
    what: `${part} is missing: ${found}.`,
    why: `${WAYS[way].need}.`,
    todo: waysOn(way),
    cause,
  });
}
