// Watches a stage from outside: when it was handed its first record, and how many so far.
import type { Stage } from '../../streams/stage.ts';

export interface Meter {
  processed: number;
  /** Called before the first record is processed. */
  onFirst: () => void;
}

/** The stage, its records counted. */
export function metered(stage: Stage, meter: Meter): Stage {
  return {
    ...stage,
    create(tables) {
      const logic = stage.create(tables);
      return {
        advance: (context) => logic.advance?.(context),
        process(topic, event, origin, context) {
          if (meter.processed++ === 0) meter.onFirst();
          logic.process(topic, event, origin, context);
        },
      };
    },
  };
}
