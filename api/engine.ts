// `millrace/engine`: what stages of your own are made of. A topic says what its records hold, a store keeps
// state by key, a table looks things up, a stage works on events, and a topology is checked and run: in
// memory by `MemoryRuntime`, on Kafka by `millrace run --topology` or by `runTopology` of `millrace/run`.
export {
  type AvroSchema,
  arrayOf,
  enumOf,
  type Field,
  type Infer,
  optional,
  type RecordSchema,
  record,
  timestamp,
} from '../schemas/avro.ts';
export { codeOf, type ErrorParts, MillraceError, type Remedy } from '../schemas/errors.ts';
export { type AnyTopic, defineTopic, type EventOf, type Topic } from '../schemas/topic.ts';
export { describeTopology } from '../streams/engine/describe.ts';
export {
  type AsyncHandler,
  type Enricher,
  type EnricherDef,
  type EnricherIo,
  onAsync,
} from '../streams/engine/enricher.ts';
export { type MemoryOptions, MemoryRuntime } from '../streams/engine/memory-runtime.ts';
export {
  type Context,
  defineStage,
  type Handler,
  on,
  type RecordMetadata,
  type SnapshotState,
  type Stage,
  type StageLogic,
  type StageOptions,
} from '../streams/engine/stage.ts';
export type { Store } from '../streams/engine/store.ts';
export { defineStore, type StoreDef } from '../streams/engine/store.ts';
export { defineTable, type TableDef, type TableReader } from '../streams/engine/table.ts';
export { checked, type Topology, topicsOf } from '../streams/engine/topology.ts';
