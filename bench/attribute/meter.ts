// Watches a stage from outside: when it was handed its first record, and how many so far.
import { on, type Stage } from '../../streams/engine/stage.ts';

export interface Meter {
  processed: number;
  /** Called before the first record is processed. */
  onFirst: () => void;
}

/**
 * The stage with its records counted.
 * @param slowMs time by which each record is made to take longer, ms.
 * @default 0
 */
export function metered(stage: Stage, meter: Meter, slowMs = 0): Stage {
  return {
    ...stage,
    create(tables) {
      const logic = stage.create(tables);
      return {
        advance: (context) => logic.advance?.(context),
        handlers: logic.handlers.map(({ topic, handle }) =>
          on(topic, (event, context, record) => {
            if (meter.processed++ === 0) meter.onFirst();
            if (slowMs > 0) spin(slowMs);
            handle(event, context, record);
          }),
        ),
      };
    },
  };
}

/** Keeps the thread busy for `ms`, as slow work does. */
function spin(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}
