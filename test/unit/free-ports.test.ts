import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { freePorts, isFree } from '../support/cluster/free-ports.ts';

describe('free ports', () => {
  it('are never given twice, nor at a distance of each other', async () => {
    const distance = 2;
    const ports = (await Promise.all(Array.from({ length: 10 }, () => freePorts(5, [distance])))).flat();
    expect(new Set(ports.flatMap((port) => [port, port + distance])).size).to.equal(100);
  });

  it('are not those that somebody listens on', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await isFree(port)).to.equal(false);
    server.close();
    await once(server, 'close');
    expect(await isFree(port)).to.equal(true);
  });
});
