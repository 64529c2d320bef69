// `millrace talk`: a dialogue on films in the terminal.
import { createInterface } from 'node:readline';
import { type Command, InvalidArgumentError } from 'commander';
import { untilSignal } from '../../app/signals.ts';
import { openTalk } from '../../app/talk/open.ts';
import { talkPage } from '../../app/talk/page.ts';
import { serveTalk } from '../../infra/http/talk-server.ts';
import type { CommandContext } from './context.ts';
import { whole } from './numbers.ts';

interface Flags {
  data: string;
  k: number;
  questions: number;
  page?: boolean;
  json?: boolean;
}

/** A whole number, 0 among them. */
function count(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError('give a whole number, 0 to 99');
  return Number(text);
}

const GREETING =
  'Tell me which films you like, and what you are in the mood for. An empty line ends it.';

export function defineTalk(command: Command, { config }: CommandContext): void {
  command
    .option(
      '--data <set[:folder]>',
      'movielens, or redial:<folder> for its films and dialogues',
      'movielens',
    )
    .option('--k <n>', 'films in a recommendation', whole, 3)
    .option('--questions <n>', 'questions at most', count, 2)
    .option('--page', 'serve it as a page, /talk, instead; --port and --host say where')
    .option('--json', 'one line of JSON a turn on stdout')
    .addHelpText(
      'after',
      '\nLines may come from a file: millrace talk < lines.txt. More: docs/dialogue.md',
    )
    .action(async ({ data, k, questions, page, json }: Flags) => {
      const { seed, host, port } = config();
      const talk = await openTalk(data, seed);
      if (page) {
        const answer = talkPage(talk, Date.now, { k, questions });
        await using server = await serveTalk({ answer, host, port });
        process.stdout.write(`Talk: ${server.url}/talk\n`);
        await aborted(untilSignal());
        return;
      }
      const manager = talk.begin({ k, questions });
      const isLive = process.stdin.isTTY === true;
      const say = (text: string) => process.stdout.write(`${text}\n`);
      if (!json) say(`millrace: ${GREETING}`);
      const lines = createInterface({
        input: process.stdin,
        ...(isLive && { output: process.stdout }),
      });
      lines.setPrompt('you: ');
      if (isLive) lines.prompt();
      for await (const line of lines) {
        const text = line.trim();
        if (text === '') break;
        const reply = manager.answer(text);
        if (json) say(JSON.stringify({ said: text, ...reply }));
        else {
          if (!isLive) say(`you: ${text}`);
          say(`millrace: ${reply.text}`);
        }
        if (reply.act === 'close') break;
        if (isLive) lines.prompt();
      }
      lines.close();
    });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
