// Traces of a process, where a collector is named.
import type { OpenTracing } from '../infra/tracing/open.ts';
import type { Config } from './config/read.ts';

/** Opens what the configuration asks for; undefined where it names no collector. */
export async function tracingOf({
  tracing: { url, headers, service, share },
}: Pick<Config, 'tracing'>): Promise<OpenTracing | undefined> {
  if (url === undefined) return undefined;
  const { openTracing } = await import('../infra/tracing/open.ts');
  return openTracing({ url, headers: headersOf(headers), service, share });
}

/** Headers as OTEL_EXPORTER_OTLP_HEADERS has them: `a=1,b=two%20words`. */
function headersOf(text = ''): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 1 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
