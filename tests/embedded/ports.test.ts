// A taken port is stepped over.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePort, isFree } from '../../infra/embedded/ports.ts';

describe('freePort', () => {
  const busy =
    (...taken: number[]) =>
    async (port: number) =>
      !taken.includes(port);

  it('takes the preferred port when it is free', async () => {
    expect(await freePort(9092, 'h', [], busy())).toBe(9092);
  });

  it('steps over ports that are taken, by others or by this start', async () => {
    expect(await freePort(9092, 'h', [9094], busy(9092, 9093))).toBe(9095);
  });

  it('gives up after a hundred, and never passes the last port there is', async () => {
    const none = async () => false;
    const refused = (ports: string) => ({
      code: 'no-free-port',
      message: expect.stringContaining(ports),
    });
    await expect(freePort(65_500, 'h', [], none)).rejects.toMatchObject(refused('65500 to 65535'));
    await expect(freePort(9092, 'h', [], none)).rejects.toMatchObject(refused('9092 to 9192'));
  });

  it('sees a real listener', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect(await isFree(port, '127.0.0.1')).toBe(false);
    expect(await freePort(port, '127.0.0.1')).toBeGreaterThan(port);
    server.close();
    await once(server, 'close');
    expect(await isFree(port, '127.0.0.1')).toBe(true);
  });
});
