// The process of the language model. It runs at a lower priority than the streams, so that where the
// cores are few an evaluation takes what is left; and what kills it kills nothing else.
import { constants, setPriority } from 'node:os';
import type { AdaptableModel } from '../../models/llm/port.ts';
import { type ErrorParts, MillraceError } from '../../schemas/errors.ts';
import type { Call, Open, Reply } from './messages.ts';
import { openLlama } from './open.ts';

setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

let opened: AdaptableModel | undefined;

// The terminal's Ctrl-C reaches the whole group: the parent says when it is time to end.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (message: Open | Call) => {
  if ('open' in message) void open(message);
  else void answer(message);
});

async function open({ open: options }: Open): Promise<void> {
  try {
    opened = await openLlama(options);
    reply({ ready: { name: opened.name, width: opened.width } });
  } catch (error) {
    reply({ error: partsOf(error) });
  }
}

async function answer(call: Call): Promise<void> {
  const { id } = call;
  try {
    if (!opened) throw new Error('a call came before the model was open');
    if ('embed' in call) reply({ id, vector: await opened.embed(call.embed) });
    else if ('generate' in call) {
      reply({ id, generation: await opened.generate(call.generate, call.options) });
    } else if ('hidden' in call) reply({ id, states: await opened.hidden(call.hidden) });
    else if ('adapt' in call) {
      await opened.setAdapter(call.adapt);
      reply({ id, adapted: true });
    } else reply({ id, scored: await opened.scored(call.prefix, call.score) });
  } catch (error) {
    reply({ id, error: partsOf(error) });
  }
}

function reply(message: Reply): void {
  process.send?.(message);
}

function partsOf(error: unknown): ErrorParts {
  if (error instanceof MillraceError) {
    const { code, message, remedy } = error;
    return { code, what: message, remedy };
  }
  const what = error instanceof Error ? error.message : String(error);
  return { code: 'llama-failed', what, remedy: 'retry' };
}
