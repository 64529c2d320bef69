// Finds the handler of each input: every input has one handler, and no other topic has one.
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic } from '../../schemas/topic.ts';

/** The handlers in the order of the inputs. @throws MillraceError `topology-invalid` */
export function handlersByInput<H extends { readonly topic: AnyTopic }>(
  step: { readonly name: string; readonly inputs: readonly AnyTopic[] },
  handlers: readonly H[],
): readonly H[] {
  const stray = handlers.find(({ topic }) => !step.inputs.includes(topic));
  if (stray)
    throw invalid(`${step.name} handles ${stray.topic.name}, which is none of its inputs.`);
  return step.inputs.map((input) => {
    const own = handlers.filter(({ topic }) => topic === input);
    if (own.length === 1) return own[0]!;
    throw invalid(`${step.name} has ${own.length} handlers of its input ${input.name}.`);
  });
}

function invalid(what: string): MillraceError {
  return new MillraceError({
    code: 'topology-invalid',
    what,
    todo: 'Give each input of the step one handler: on(topic, (event, context) => …).',
  });
}
