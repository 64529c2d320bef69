import type { Flags } from '../../app/config/layers.ts';
import type { Config, ReadOptions, Settings } from '../../app/config/read.ts';

/** What every command is given. */
export interface CommandContext {
  /**
   * The configuration, from the file, the environment and the flags.
   * @throws MillraceError `config-invalid`
   */
  readonly config: (flags?: Flags, layers?: Pick<ReadOptions, 'under' | 'over'>) => Config;
  /**
   * The configuration with the settings of the application that served the data directory last,
   * since the demo has its own.
   */
  readonly served: () => Config;
  /** The configuration with the source of every value. */
  readonly settings: (flags?: Flags, layers?: Pick<ReadOptions, 'under' | 'over'>) => Settings;
}
