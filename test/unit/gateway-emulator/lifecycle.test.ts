import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import forge from 'node-forge';
import { startGateway } from '../../support/gateway/emulator.ts';
import { call } from './client.ts';
import { document } from './documents.ts';

const main = join(import.meta.dirname, '..', '..', 'support', 'gateway', 'main.ts');

describe('the emulated gateway', () => {
  it('comes up again on the same port with what it had', async () => {
    const gateway = await startGateway({ api: 'v1' });
    await call(gateway, 'POST', '/rest-apis', document('RestApi', 'books', 'v1'));
    const { url } = gateway;
    await gateway.stop();
    expect(await call(gateway, 'GET', '/rest-apis').catch((error: unknown) => error)).to.be.instanceOf(Error);
    await gateway.start();
    expect(gateway.url).to.equal(url);
    expect((await call(gateway, 'GET', '/rest-apis')).at('count')).to.equal(1);
    await gateway.stop();
  });

  it('has its admin API on the second port after a given one', async () => {
    const first = await startGateway({ api: 'v1' });
    const port = Number(new URL(first.url).port);
    await first.stop();
    const gateway = await startGateway({ api: 'v1', port });
    expect(gateway.adminUrl).to.equal(`http://127.0.0.1:${port + 2}`);
    await gateway.stop();
  });

  it("can be changed behind everybody's back", async () => {
    const gateway = await startGateway({ api: 'v0.9', pollIntervalMs: 0 });
    await call(gateway, 'POST', '/rest-apis', document('RestApi', 'books', 'v0.9'));
    await call(gateway, 'POST', '/rest-apis/books/api-keys', { name: 'key' });
    await call(gateway, 'POST', '/subscription-plans', { planName: 'Gold' });
    const before = (await call(gateway, 'GET', '/rest-apis/books')).textAt('status.updatedAt');
    gateway.tamper.edit('rest-apis', 'books', ({ spec }) => {
      spec.context = '/elsewhere';
    });
    const answer = await call(gateway, 'GET', '/rest-apis/books');
    expect(answer.at('spec.context')).to.equal('/elsewhere');
    expect(answer.textAt('status.updatedAt') > before).to.equal(true);
    gateway.tamper.remove('rest-apis/books/api-keys', 'key');
    gateway.tamper.remove('subscription-plans', 'Gold');
    gateway.tamper.remove('rest-apis', 'books');
    for (const collection of ['rest-apis', 'subscription-plans']) {
      expect(gateway.stored(collection)).to.deep.equal([]);
    }
    expect(() => gateway.tamper.remove('rest-apis', 'books')).to.throw('could not remove books');
    await gateway.stop();
  });

  it('knows a new password, and a bearer token where one is given', async () => {
    const gateway = await startGateway({ api: 'v1', tokens: { 'a-token': 'admin' } });
    gateway.setPassword('admin', 'changed');
    expect((await call(gateway, 'GET', '/rest-apis')).status).to.equal(401);
    const headers = { Authorization: 'Bearer a-token' };
    const response = await fetch(`${gateway.url}/api/management/v1/rest-apis`, { headers });
    expect(response.status).to.equal(200);
    await gateway.stop();
  });

  const roles = [
    ['dev', 'GET', '/rest-apis', 200, 200],
    ['consumer', 'GET', '/rest-apis', 403, 403],
    ['dev', 'GET', '/llm-providers', 200, 200],
    ['dev', 'POST', '/llm-providers', 403, 403],
    ['dev', 'GET', '/subscription-plans', 200, 403],
    ['dev', 'POST', '/certificates', 400, 403],
    ['dev', 'GET', '/secrets', 403, 403],
  ] as const;
  for (const [user, method, path, older, newer] of roles) {
    it(`answers ${method} ${path} by ${user} with ${older} on 0.9 and ${newer} on 1`, async () => {
      for (const [api, status] of [
        ['v0.9', older],
        ['v1', newer],
      ] as const) {
        const gateway = await startGateway({ api });
        const body = method === 'GET' ? undefined : {};
        expect((await call(gateway, method, path, body, { user })).status).to.equal(status);
        await gateway.stop();
      }
    });
  }

  const telling = [
    ['/api/management/v0.9/rest-apis', [401, 200], [404, 404]],
    ['/api/management/v1/rest-apis', [401, 404], [401, 200]],
    ['/nowhere', [401, 404], [404, 404]],
    ['/rest-apis', [401, 200], [401, 200]],
  ] as const;
  for (const [path, older, newer] of telling) {
    it(`answers ${path} with ${older.join('/')} on 0.9 and ${newer.join('/')} on 1, without and with credentials`, async () => {
      for (const [api, expected] of [
        ['v0.9', older],
        ['v1', newer],
      ] as const) {
        const gateway = await startGateway({ api });
        const statuses = [{}, { Authorization: `Basic ${btoa('admin:admin')}` }].map(async (headers) => {
          return (await fetch(`${gateway.url}${path}`, { headers })).status;
        });
        expect(await Promise.all(statuses)).to.deep.equal(expected);
        await gateway.stop();
      }
    });
  }

  it('speaks HTTPS and asks for client certificates when it is told to', async () => {
    const tls = selfSigned();
    const gateway = await startGateway({ api: 'v1', tls });
    expect(gateway.url).to.match(/^https:/);
    expect(await statusOver(gateway.url, { ca: tls.cert })).to.equal(401);
    await gateway.stop();
    const strict = await startGateway({ api: 'v1', tls: { ...tls, ca: tls.cert } });
    expect(await statusOver(strict.url, { ca: tls.cert })).to.equal('refused');
    expect(await statusOver(strict.url, { ca: tls.cert, ...tls })).to.equal(401);
    await strict.stop();
  });

  it('is a command that says where it listens and ends when told to', async () => {
    const command = spawn(process.execPath, [main, '--port', '0', '--api', 'v1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(command.stdout)[Symbol.asyncIterator]();
    const line = (await lines.next()).value!;
    const url = /https?:\S+/.exec(line)?.[0] ?? '';
    expect((await fetch(`${url}/rest-apis`)).status).to.equal(401);
    const ended = once(command, 'exit');
    command.kill('SIGTERM');
    expect(await ended).to.deep.equal([0, null]);
  });

  it('is a command that helps', () => {
    const help = execFileSync(process.execPath, [main, '--help'], { encoding: 'utf8' });
    expect(help).to.include('--policies <file>').and.include('Examples:').and.include('/emulator/faults');
  });
});

/** A certificate for the loopback address that is its own CA. */
function selfSigned(): { readonly cert: string; readonly key: string } {
  const { privateKey, publicKey } = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notAfter.setFullYear(certificate.validity.notBefore.getFullYear() + 1);
  certificate.setSubject([{ name: 'commonName', value: 'gateway' }]);
  certificate.setIssuer([{ name: 'commonName', value: 'gateway' }]);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
  ]);
  certificate.sign(privateKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: forge.pki.privateKeyToPem(privateKey) };
}

function statusOver(
  url: string,
  tls: { ca: string; cert?: string; key?: string },
): Promise<number | 'refused'> {
  return new Promise((resolve) => {
    request(`${url}/api/management/v1/rest-apis`, { ...tls, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', () => resolve('refused'))
      .end();
  });
}
