// Counters of the running process; everything else on the page comes from ClickHouse.

/** Progress of one processor or enricher. */
export interface StageCounters {
  /** Name in the topology. */
  name: string;
  /** Records processed since the start. */
  processed: number;
  /** Records processed a second, over the last moments. */
  perSecond: number;
  /** Number of records that wait in its inputs. */
  lag: number;
  /** Transactions committed since the start. */
  commits: number;
}

export interface LiveCounters {
  /** What the run is doing, in a word or two: `starting`, `replay`, `serving`, `done`. */
  phase: string;
  /** Rows of the log; `total` is 0 while it is not known. */
  replay: { events: number; total: number; perSecond: number };
  stages: StageCounters[];
  llm: {
    /** Name of the model; empty while none is loaded. */
    model: string;
    /** Number of item vectors made. */
    vectors: number;
    /** Number of simulated answers in which the model had a say. */
    simulated: number;
    /** Number of jobs that wait. */
    queued: number;
    /** Number of jobs given up because the budget or the deadline was spent. */
    shed: number;
    /** Share of the time the model computes, 0 to 1. */
    busy: number;
  };
  /** Time since the start of the run, s; in the phase `done`, the time that it took. */
  seconds: number;
}

/** The counters of a run that has not begun. */
export function noCounters(): LiveCounters {
  return {
    phase: 'starting',
    replay: { events: 0, total: 0, perSecond: 0 },
    stages: [],
    llm: { model: '', vectors: 0, simulated: 0, queued: 0, shed: 0, busy: 0 },
    seconds: 0,
  };
}
