// Every protocol of `millrace evaluate`.
import { ope } from './ope.ts';
import type { Protocol } from './protocol.ts';

export const protocols: readonly Protocol[] = [ope];
