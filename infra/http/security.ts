// Decides who may talk to the dashboard, and what its page may load.
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Headers of every answer: content from this server alone, no inline code, no framing. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Host name of a Host header, without port and brackets; empty if the header is malformed. */
export function hostNameOf(header: string | undefined): string {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@]+))(?::\d+)?$/i.exec(header ?? '');
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '');
}

/** Whether a name in lower case stands for this machine alone. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/** Whether a name is one of a house's own network, such as a service's in a cluster: no DNS sells it. */
function isOfHouse(name: string): boolean {
  return !name.includes('.') || /\.(local|internal|svc)$/.test(name);
}

/**
 * Decides by the Host header, so that a foreign page whose name was rebound to this address cannot
 * read the data. Bound to loopback: loopback names only. Bound elsewhere: IP addresses (nothing to
 * rebind), names that no foreign site can have, this machine's name, the bound name and `names`.
 */
export function hostCheck(bound: string, names: string[] = []): (header?: string) => boolean {
  const known = new Set([...names, bound].map((name) => name.toLowerCase()));
  const local = isLoopback(bound.toLowerCase());
  if (!local) known.add(hostname().toLowerCase());
  return (header) => {
    const name = hostNameOf(header);
    if (name === '') return false;
    return isLoopback(name) || known.has(name) || (!local && (isIP(name) !== 0 || isOfHouse(name)));
  };
}
