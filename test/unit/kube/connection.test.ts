import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'chai';
import { createAuthority, issueLeaf, type Pair } from '../../../certs/material.ts';
import { connectionsOf } from '../../../src/kube/connection.ts';
import { createKubeClient } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { thing, thingType } from './api-server.ts';

interface Seen {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly client: string | undefined;
}

describe('the connection to an API server', () => {
  const now = new Date();
  let folder: string;
  let authority: Pair;
  let server: Server;
  const seen: Seen[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-connection-'));
    authority = await createAuthority({ name: 'test', lifeMs: 86_400_000, now });
    const leaf = await issueLeaf(authority, { dnsNames: ['localhost'], lifeMs: 86_400_000, now });
    const tls = {
      cert: leaf.cert,
      key: leaf.key.reveal(),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: false,
    };
    server = createServer(tls, (request, response) => {
      const { socket } = request;
      const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
      seen.push({
        path: request.url,
        authorization: request.headers.authorization,
        client: certificate?.subject,
      });
      response.end(JSON.stringify(thing('a', '1')));
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => void (seen.length = 0));

  function config(user: object, cluster: object = {}, path = ''): KubeConfig {
    const kubeConfig = new KubeConfig();
    const url = `https://localhost:${(server.address() as AddressInfo).port}${path}`;
    const caData = Buffer.from(authority.cert).toString('base64');
    kubeConfig.loadFromClusterAndUser(
      { name: 'c', server: url, caData, skipTLSVerify: false, ...cluster },
      { name: 'u', ...user },
    );
    return kubeConfig;
  }

  const readThrough = (kubeConfig: KubeConfig) =>
    createKubeClient({ kubeConfig }).get(thingType, 'shop', 'a');

  it('carries the token', async () => {
    await readThrough(config({ token: 'abc' }));
    expect(seen[0]?.authorization).to.equal('Bearer abc');
  });

  it('carries the token that a file holds, without its line break', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'from-file\n');
    await readThrough(config({ authProvider: { name: 'tokenFile', config: { tokenFile } } }));
    expect(seen[0]?.authorization).to.equal('Bearer from-file');
  });

  it('carries name and password', async () => {
    await readThrough(config({ username: 'ann', password: 'x' }));
    expect(seen[0]?.authorization).to.equal(`Basic ${Buffer.from('ann:x').toString('base64')}`);
  });

  it('keeps the path of an API server behind a proxy', async () => {
    await readThrough(config({}, {}, '/clusters/one/'));
    expect(seen[0]?.path).to.equal('/clusters/one/apis/example.com/v1/namespaces/shop/things/a');
  });

  it('does not trust another authority', async () => {
    const other = await createAuthority({ name: 'other', lifeMs: 86_400_000, now });
    const caData = Buffer.from(other.cert).toString('base64');
    const error: unknown = await readThrough(config({}, { caData })).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(KubeError).and.include({ means: 'unavailable' });
  });

  it('is the same for as long as its certificate is, and another when the file has changed', async () => {
    const [certFile, keyFile] = [join(folder, 'client.crt'), join(folder, 'client.key')];
    const install = async (name: string) => {
      const pair = await issueLeaf(authority, { dnsNames: [name], lifeMs: 86_400_000, now });
      await Promise.all([writeFile(certFile, pair.cert), writeFile(keyFile, pair.key.reveal())]);
    };
    await install('first');
    const kubeConfig = config({ certFile, keyFile });
    const connection = connectionsOf(kubeConfig, { freshMs: 0 });
    const before = await connection();
    expect((await connection()).dispatcher).to.equal(before.dispatcher);
    await install('second');
    expect((await connection()).dispatcher).to.not.equal(before.dispatcher);
    await readThrough(kubeConfig);
    expect(seen[0]?.client).to.equal('CN=second');
  });
});
