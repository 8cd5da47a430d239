import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { certificatesIn } from '../../../certs/bundle.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { parseExposition, valueOf } from '../../support/exposition.ts';
import { configuration, home, installCrdsInto } from '../../support/installation.ts';
import { startStack, type Stack } from '../../support/stack.ts';

const service = `portcullis-webhook.${home}.svc`;

/** What a command says on both of its streams, and its exit code. Its input ends at once. */
function run(command: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { timeout: 20_000 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number')
        reject(new Error(`${command} could not be run`, { cause: error }));
      else resolve({ code: error === null ? 0 : Number(error.code), said: `${stdout}\n${stderr}` });
    });
    child.stdin?.end();
  });
}

describe('what the webhook serves, as openssl sees it', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack | undefined;
  let folder: string | undefined;
  let at: string;
  const file = (name: string) => join(folder ?? '', name);

  before(async function () {
    if ((await run('openssl', ['version']).catch(() => undefined)) === undefined) {
      process.stderr.write('SKIPPED: there is no openssl on this machine to judge the certificates\n');
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'portcullis-served-'));
    await installCrdsInto(cluster());
    stack = await startStack({
      cluster: cluster(),
      api: 'v1',
      withoutController: true,
      withoutGateway: true,
    });
    at = new URL(stack.webhooks[0]?.url ?? '').host;
    const path = 'jsonpath={.webhooks[0].clientConfig.caBundle}';
    const bundle = await kubectl(['get', 'validatingwebhookconfiguration', configuration, '-o', path]);
    await writeFile(file('ca.pem'), Buffer.from(bundle, 'base64'));
  });
  after(async () => {
    await stack?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const connect = (...more: string[]) => {
    const trust = ['-CAfile', file('ca.pem'), '-verify_return_error'];
    return run('openssl', ['s_client', '-connect', at, '-servername', service, ...trust, ...more]);
  };

  for (const name of [service, `${service}.cluster.local`, `portcullis-webhook.${home}`])
    it(`is accepted for ${name}, over TLS 1.3`, async () => {
      const { code, said } = await connect('-verify_hostname', name);
      expect(code, said).to.equal(0);
      expect(said).to.contain('Verify return code: 0 (ok)').and.to.contain('TLSv1.3');
    });

  it('is not accepted for another name', async () => {
    const { code, said } = await connect('-verify_hostname', 'other.example');
    expect(code).not.to.equal(0);
    expect(said).to.contain('hostname mismatch');
  });

  it('is not spoken of over TLS 1.2', async () => {
    const { code, said } = await connect('-tls1_2');
    expect(code).not.to.equal(0);
    expect(said).to.contain('protocol version');
  });

  it('is a chain that is sound by the letter, for servers and nothing else, and its dates are in force', async () => {
    const { said } = await connect('-showcerts');
    const [leaf = ''] = certificatesIn(said);
    await writeFile(file('leaf.pem'), leaf);
    const verify = (purpose: string) =>
      run('openssl', [
        'verify',
        ...['-x509_strict', '-CAfile', file('ca.pem'), '-purpose', purpose],
        ...['-verify_hostname', service, file('leaf.pem')],
      ]);
    const forServers = await verify('sslserver');
    expect(forServers.said).to.contain('leaf.pem: OK');
    expect((await verify('sslclient')).code).not.to.equal(0);
    expect(
      (await run('openssl', ['x509', '-in', file('leaf.pem'), '-noout', '-checkend', '0'])).code,
    ).to.equal(0);
  });

  it('has a beginning and an end that the metrics tell', async () => {
    const { said } = await connect('-showcerts');
    const { validFromDate, validToDate } = new X509Certificate(certificatesIn(said)[0] ?? '');
    const page = await (await fetch(`${stack?.webhooks[0]?.probeUrl ?? ''}/metrics`)).text();
    const metrics = parseExposition(page);
    const told = (edge: string) =>
      valueOf(metrics, `portcullis_admission_certificate_${edge}_timestamp_seconds`, {});
    expect(told('not_before')).to.equal(validFromDate.getTime() / 1000);
    expect(told('not_after')).to.equal(validToDate.getTime() / 1000);
  });
});
