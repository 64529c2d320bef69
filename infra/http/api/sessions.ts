// What was said in a dialogue over this interface: kept in memory for half an hour, so that a client sends what
// is new alone. The request that is logged holds all of it; nothing else needs the session.
import { sessionGapMs } from '../../../models/user/track.ts';
import { type Request, wordLimits } from '../../../schemas/topics/requests.ts';

/** Largest number of dialogues that are remembered; beyond it the one spoken in longest ago is forgotten. */
const MOST = 10_000;

interface Session {
  readonly at: number;
  /** Texts by request: one that comes again is not said twice. */
  readonly turns: readonly (readonly [requestId: string, texts: readonly string[]])[];
}

export class Sessions {
  private readonly byId = new Map<string, Session>();

  /** The request with what was said in its dialogue before; its context names the dialogue. */
  with(request: Request, sessionId: string | undefined, now: number): Request {
    if (sessionId === undefined) return request;
    const key = JSON.stringify([request.userId, sessionId]);
    const known = this.byId.get(key);
    const kept = known && now - known.at < sessionGapMs ? known.turns : [];
    const index = kept.findIndex(([requestId]) => requestId === request.requestId);
    const before = index < 0 ? kept : kept.slice(0, index);
    const turns = [...before, [request.requestId, request.said ?? []] as const];
    const latest = turns.slice(-wordLimits.texts);
    this.byId.delete(key);
    this.byId.set(key, { at: now, turns: latest });
    if (this.byId.size > MOST) this.byId.delete(this.byId.keys().next().value!);
    const said = turns.flatMap(([, texts]) => texts).slice(-wordLimits.texts);
    const room = Object.keys(request.context ?? {}).length < wordLimits.entries;
    const context = room ? { ...request.context, dialogue: sessionId } : request.context;
    return { ...request, said: said.length > 0 ? said : null, context };
  }
}
