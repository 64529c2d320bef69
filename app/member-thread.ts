// A member of the groups in a thread of its own: what `millrace run --threads` starts.

import { answerQuestions, failThread, toldToThread } from '../infra/threads.ts';
import type { Click } from '../schemas/topics/clicks.ts';
import type { Request } from '../schemas/topics/requests.ts';
import type { TraceParent } from '../streams/engine/tracing.ts';
import type { Config } from './config/read.ts';
import { progressOf } from './counters.ts';
import { askedMember } from './http/serving.ts';
import { openLogs } from './log.ts';
import { openMember } from './member.ts';
import type { ThreadTold } from './members.ts';
import type { Addresses } from './streams.ts';
import { topologyOf } from './topology.ts';
import { ownSteps } from './topology-file.ts';

const {
  config,
  addresses,
  stages,
  topology: file,
  instanceId,
  thread,
} = toldToThread() as ThreadTold;
const all = (await ownSteps(file, config)).beside(topologyOf(config));
const topology = {
  stages: all.stages.filter(({ name }) => stages.includes(name)),
  enrichers: [],
};
const opening = openMember(
  config satisfies Config,
  addresses satisfies Addresses,
  openLogs(config.dataDir),
  {
    topology,
    instanceId,
    thread,
  },
);
opening.then(({ pipeline }) => pipeline.failed).catch(failThread);

const members = opening.then((member) => askedMember(member, config));
members.catch(() => {});

interface Asking {
  readonly topic: 'requests' | 'clicks';
  readonly event: Request | Click;
  readonly withinMs: number;
  readonly parent?: TraceParent;
}

answerQuestions({
  async start(address: string | undefined) {
    const { pipeline, metrics } = await opening;
    if (address !== undefined) pipeline.advertise(address);
    await pipeline.start();
    metrics.tasks.begun();
  },
  ask: async ({ topic, event, withinMs, parent }: Asking) =>
    (await members).ask(topic, event, withinMs, parent),
  fallback: async (request: Request) => (await members).fallback?.(request),
  readiness: async () => (await opening).metrics.tasks.readiness(),
  metrics: async () => (await opening).metrics.registry.getMetricsAsJSON(),
  progress: async () => progressOf((await opening).pipeline),
  async stop() {
    const member = await opening;
    member.metrics.tasks.ending();
    await member[Symbol.asyncDispose]();
  },
});
