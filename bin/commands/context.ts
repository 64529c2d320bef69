import type { Config } from '../../infra/config.ts';

/** What every command is given. */
export interface CommandContext {
  /** The configuration, from the environment and the flags. @throws MillraceError `config-invalid` */
  readonly config: () => Config;
}
