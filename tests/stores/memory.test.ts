import { MemoryBacking } from '../../streams/engine/store.ts';
import { describeBacking } from './conformance.ts';
import type { Note } from './support.ts';

describeBacking('memory', () => ({
  open: () => new MemoryBacking<Note>(),
  reopens: false,
  [Symbol.dispose]() {},
}));
