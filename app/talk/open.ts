// What a dialogue on films needs: the films, what they are called, and a ranker that learned what is liked
// and said of them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DialogueManager, type ManagerOptions } from '../../models/dialogue/manager.ts';
import { DialogueRanker } from '../../models/dialogue/ranker/ranker.ts';
import { Lexicon } from '../../models/dialogue/reading/lexicon.ts';
import type { DialogueTurn } from '../../models/dialogue/turn.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { type Films, readFilms } from './films.ts';
import { redialTurns } from './learned.ts';

export interface Talk {
  readonly films: number;
  /** Turns of dialogues that were learned; 0 for the films of MovieLens alone. */
  readonly turns: number;
  /** Begins a dialogue. */
  begin(options?: ManagerOptions): DialogueManager;
}

/**
 * Opens the films that can be talked about.
 * @param data `movielens` for the shipped sample, or `redial:<folder>` for ReDial's films beside them
 * @throws MillraceError `talk-data-unknown`, and those of the data set
 */
export async function openTalk(data: string, seed = 1): Promise<Talk> {
  const [dataset, ...rest] = data.split(':');
  const folder = rest.join(':');
  if (dataset !== 'movielens' && !(dataset === 'redial' && folder !== '')) throw dataUnknown(data);
  const scratch = await mkdtemp(join(tmpdir(), 'millrace-talk-'));
  try {
    const films = await readFilms(scratch);
    const turns = dataset === 'redial' ? named(films, await redialTurns(folder)) : [];
    const ranker = new DialogueRanker(films.knowledge, turns, { seed });
    const lexicon = lexiconOf(films);
    return {
      films: films.knowledge.items.size,
      turns: turns.length,
      begin: (options) => new DialogueManager(ranker, lexicon, options),
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The turns by the ids of the films, which are added where MovieLens has none. */
export function named(films: Films, turns: readonly DialogueTurn[]): DialogueTurn[] {
  const { knowledge, idOf } = films;
  const byId = turns.map((turn) => ({
    ...turn,
    entities: turn.entities.map(idOf),
    targets: turn.targets.map(idOf),
  }));
  for (const name of byId.flatMap(({ targets }) => targets)) {
    knowledge.add({ itemId: name, title: name, groups: [] });
  }
  return byId;
}

/** What the films are called. */
export function lexiconOf({ knowledge }: Pick<Films, 'knowledge'>): Lexicon {
  const lexicon = new Lexicon();
  for (const [item, itemId] of knowledge.items.names.entries()) {
    const groups = knowledge.groupsOf[item]!.map((group) => knowledge.groups.name(group));
    lexicon.add({ itemId, title: itemId, groups }, knowledge.likes[item]!);
  }
  return lexicon;
}

const dataUnknown = (data: string) =>
  new MillraceError({
    code: 'talk-data-unknown',
    what: `millrace talk cannot talk about ${data || 'nothing'}.`,
    why: 'It knows the shipped films of MovieLens, and those of ReDial in a folder of yours.',
    todo: 'Use --data movielens, or --data redial:<folder with valid_data.jsonl>.',
  });
