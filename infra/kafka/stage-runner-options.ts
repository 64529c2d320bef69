// What a stage runs with on a broker.
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { AnyTopic } from '../../schemas/topic.ts';
import type { Stage } from '../../streams/engine/stage.ts';
import type { OpenBacking } from '../../streams/engine/store.ts';
import type { TableSet } from '../../streams/engine/table.ts';
import type { Tracing } from '../../streams/engine/tracing.ts';
import type { Codecs } from '../registry/registry.ts';
import type { Clock } from './clock.ts';
import type { ErrorPolicy } from './errors-policy.ts';
import type { Instruments } from './instruments.ts';
import type { CommitLimits } from './task/environment.ts';
import type { MembershipTiming } from './timing.ts';

export interface StageRunnerOptions {
  readonly kafka: Kafka;
  readonly application: string;
  readonly stage: Stage;
  readonly tables: TableSet;
  readonly codecs: Codecs;
  readonly nameOf: (topic: AnyTopic) => string;
  readonly log: Logger;
  readonly limits: CommitLimits;
  readonly policy: ErrorPolicy;
  readonly timing: MembershipTiming;
  readonly instanceId?: string | undefined;
  /** Gives the address at which this process can be asked. @default none */
  readonly address?: (() => string | undefined) | undefined;
  readonly instruments: Instruments;
  /** Opens the storage of state. @default in memory */
  readonly openBacking?: OpenBacking | undefined;
  readonly clock: Clock;
  /** Called with each output of a stage that is durable. @default nobody looks */
  readonly onOutput?: ((topic: AnyTopic, event: unknown) => void) | undefined;
  /** Makes the tracers of the tasks. @default nobody follows traces */
  readonly tracing?: Tracing | undefined;
}
