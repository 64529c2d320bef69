// Addresses of the first brokers. kafkajs 2.2.4 divides each at its first colon, which is none before the port
// where the host is an IPv6 address; so it is given addresses that divide themselves.

/** Host, without the brackets of an IPv6 address, and port. */
export function hostAndPort(address: string): readonly [host: string, port: string] {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return [host, address.slice(colon + 1)];
}

/** The addresses as the client's option `brokers`. */
export function seedsOf(addresses: readonly string[]): string[] | (() => Promise<string[]>) {
  if (!addresses.some((address) => address.startsWith('['))) return [...addresses];
  const seeds = addresses.map((address) => ({ split: () => hostAndPort(address) }));
  // Not an array: of those the client insists that they hold text.
  const list = { ...seeds, length: seeds.length } as unknown as string[];
  return async () => list;
}
