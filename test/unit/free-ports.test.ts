import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { freePorts, isFree } from '../support/cluster/free-ports.ts';

describe('free ports', () => {
  it('are never given twice, nor at a distance of each other', async () => {
    const distance = 2;
    const ports = (await Promise.all(Array.from({ length: 10 }, () => freePorts(5, [distance])))).flat();
    expect(new Set(ports.flatMap((port) => [port, port + distance])).size).to.equal(100);
  });

  it('are not given to another process while this one lives', async () => {
    // So many that some thirty would be the same by chance.
    const mine = await freePorts(700);
    const module = JSON.stringify(import.meta.resolve('../support/cluster/free-ports.ts'));
    const script = `import { freePorts } from ${module}; console.log(JSON.stringify(await freePorts(700)));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    const theirs = new Set(JSON.parse(stdout) as readonly number[]);
    expect(theirs.size).to.equal(700);
    expect(mine.filter((port) => theirs.has(port))).to.deep.equal([]);
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
