// Every protocol of `millrace evaluate`.
import { ctr } from './ctr.ts';
import { interactive } from './interactive.ts';
import { ope } from './ope.ts';
import type { Protocol } from './protocol.ts';
import { sequential } from './sequential.ts';

export const protocols: readonly Protocol[] = [ctr, sequential, interactive, ope];
