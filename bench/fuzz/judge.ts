// What the answers to a fuzzer say: how many of each status, how late, and whether they tell of the inside.

/** A request with its answer, as a HAR file has them; a status of 0 is no answer. */
export interface Exchange {
  /** Time until the answer was there, ms. */
  readonly time: number;
  readonly request: { readonly method: string; readonly url: string };
  readonly response: {
    readonly status: number;
    readonly headers: readonly { readonly name: string; readonly value: string }[];
    readonly content: { readonly text?: string; readonly encoding?: string };
  };
}

/** What no answer may hold: frames of a stack, names of classes of errors, paths of this machine, hashes. */
const inside = [
  /\bat [\w.<>]+ \(?(?:file:|node:|\/)/,
  /\b(?:Type|Range|Reference|Syntax|Zod)Error\b/,
  /node_modules|\.ts:\d+/,
  /KafkaJS|LMDB|chdb/i,
];

/** Headers that nobody knows are ignored, as HTTP has it (RFC 9110, section 5.1); the tool minds that. */
const ofUnknownHeaders = /Invalid component: in header - object with unexpected properties/g;

/** Number of failed checks in what schemathesis says. */
export function failedChecks(output: string): number {
  const all = output.match(/^- ST\d+ /gm)?.length ?? 0;
  return all - (output.match(ofUnknownHeaders)?.length ?? 0);
}

export function judged(exchanges: readonly Exchange[], token: string) {
  const statuses: Record<string, number> = {};
  const leaks = new Set<string>();
  for (const { request, response } of exchanges) {
    statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    const said = textOf(response);
    const tells =
      inside.some((pattern) => pattern.test(said)) || (token !== '' && said.includes(token));
    if (tells) leaks.add(`${request.method} ${request.url.slice(0, 80)}: ${said.slice(0, 200)}`);
  }
  const times = exchanges.map(({ time }) => time).sort((a, b) => a - b);
  const count = (of: (status: number) => boolean) =>
    exchanges.filter(({ response }) => of(response.status)).length;
  return {
    requests: exchanges.length,
    statuses,
    serverErrors: count((status) => status >= 500),
    unanswered: count((status) => status < 100),
    leaks: [...leaks],
    slowestMs: Math.round(times.at(-1) ?? 0),
    p99Ms: Math.round(times[Math.floor(0.99 * (times.length - 1))] ?? 0),
  };
}

function textOf({ headers, content }: Exchange['response']): string {
  const body =
    content.encoding === 'base64'
      ? Buffer.from(content.text ?? '', 'base64').toString()
      : content.text;
  return [...headers.map(({ name, value }) => `${name}: ${value}`), body ?? ''].join('\n');
}
