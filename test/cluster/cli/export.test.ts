import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, stringify } from 'yaml';
import { adminBase, group } from '../../../src/model/generation.ts';
import { table } from '../../../src/kinds/table.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { portcullis } from '../../support/command.ts';
import { fill, hush, pem } from '../../support/full-gateway.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { comparableList, stockOf } from '../../support/gateway-stock.ts';
import { startStack, type Stack } from '../../support/stack.ts';

/** What whoever fills in the Secrets knows and the gateway does not show, by the resource of the Secret. */
const known: Readonly<Record<string, string>> = {
  'apikey-partner': hush.partner,
  'apikey-inner': hush.partner,
  'certificate-ca-of-the-backends': pem,
  'subscription-books-reader': hush.reader,
  'llmprovider-vendor': hush.vendor,
  'mcp-tools': hush.tools,
};

interface SecretManifest {
  readonly metadata: { readonly name: string };
  stringData: Record<string, string>;
}

const secretsFile = '00-secrets.yaml';

/** Does what the comments of the file ask for. */
async function fillIn(folder: string): Promise<void> {
  const file = join(folder, secretsFile);
  const documents = (await readFile(file, 'utf8')).split('---\n').map((text) => ({
    missing: [...text.matchAll(/^# +(\S+): …/gm)].map(([, key = '']) => key),
    secret: parse(text) as SecretManifest,
  }));
  for (const { missing, secret } of documents)
    for (const key of missing) secret.stringData[key] = known[secret.metadata.name] ?? '';
  await writeFile(file, documents.map(({ secret }) => stringify(secret)).join('---\n'));
}

/** What it has told Envoy, and its certificates; the order in which things came to be is not compared. */
async function dumpOf({ api, adminUrl }: Gateway): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const response = await fetch(`${adminUrl}${adminBase(api)}/config_dump`, {
    headers: { authorization: `Basic ${btoa('admin:admin')}` },
  });
  const { apis, certificates } = (await response.json()) as Record<string, readonly unknown[]>;
  expect(apis).not.to.deep.equal([]);
  return { apis: comparableList(apis ?? []), certificates: comparableList(certificates ?? []) };
}

async function allReady(namespace: string): Promise<void> {
  for (const { plural } of table.rows) {
    const type = `${plural}.${group}`;
    if ((await kubectl(['get', type, '-n', namespace, '-o', 'name'])) === '') continue;
    await kubectl(['wait', '--for=condition=Ready', type, '--all', '-n', namespace, '--timeout=60s']);
  }
}

for (const api of ['v0.9', 'v1'] as const) {
  describe(`a gateway of generation ${api} that is full, exported`, function () {
    this.timeout(240_000);
    const cluster = useCluster();
    let stack: Stack;
    let full: Gateway;
    let empty: Gateway;
    let folder: string;
    const namespaces: string[] = [];

    const signedIn = { PORTCULLIS_GATEWAY_PASSWORD: 'admin' };
    const exported = async (namespace: string, ...more: readonly string[]) => {
      const to = join(folder, namespace);
      const args = ['export', '--gateway', full.url, '--user', 'admin', '-n', namespace, '--to', to, ...more];
      const ran = await portcullis(args, signedIn);
      expect(ran.code, ran.stderr).to.equal(0);
      return { to, ...ran };
    };
    const namespaceFor = async (gateway: Gateway) => {
      const namespace = await freshNamespace('export');
      namespaces.push(namespace);
      const stands = { gatewayUrl: gateway.url, adminUrl: gateway.adminUrl };
      const manifests = gatewayFor(stands, { scope: 'Namespaced' }, namespace);
      await kubectl(['apply', '-f', '-'], JSON.stringify(manifests));
      await kubectl([
        'wait',
        '--for=condition=Reachable',
        'apigateway/emulated',
        '-n',
        namespace,
        '--timeout=60s',
      ]);
      return namespace;
    };

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'portcullis-export-'));
      full = await startGateway({ api, pollIntervalMs: 0 });
      empty = await startGateway({ api, pollIntervalMs: 0 });
      await fill(full);
      stack = await startStack({ cluster: cluster(), api, withoutGateway: true });
    });
    after(async () => {
      for (const namespace of namespaces) {
        await kubectl(['annotate', 'namespace', namespace, `${group}/allow-delete=true`]);
        await kubectl(['delete', 'namespace', namespace, '--timeout=120s']);
      }
      await stack.stop();
      await full.stop();
      await empty.stop();
      await rm(folder, { recursive: true });
    });

    it('makes an empty one hold the same, and tell the same in its dump', async () => {
      const namespace = await namespaceFor(empty);
      const { to, stdout } = await exported(namespace, '--layout', 'resource');
      expect(stdout).to.equal('');
      await fillIn(to);
      await kubectl(['apply', '-R', '-f', to]);
      await allReady(namespace);
      const wanted = stockOf(full);
      const held = stockOf(empty);
      for (const collection of Object.keys({ ...wanted, ...held }))
        expect(held[collection], collection).to.deep.equal(wanted[collection]);
      const [told, before] = [await dumpOf(empty), await dumpOf(full)];
      expect(told.apis).to.deep.equal(before.apis);
      expect(told.certificates).to.deep.equal(before.certificates);
    });

    it('is found by the name of its APIGateway too, and is the same again', async () => {
      const namespace = namespaces.at(-1) ?? '';
      const to = join(folder, 'by-name');
      const named = ['export', '--gateway', `${namespace}/emulated`, '--to', to];
      const ran = await portcullis(named, { KUBECONFIG: cluster().kubeconfig });
      expect(ran.code, ran.stderr).to.equal(0);
      const read = (folderOf: string) => readFile(join(folderOf, '18-llmproxies.yaml'), 'utf8');
      expect(await read(to))
        .to.contain('name: assistant')
        .and.not.to.contain('managed-by');
    });

    it('is refused while a credential that it does not show is not filled in, and loses nothing', async () => {
      const namespace = await namespaceFor(full);
      const { to, stderr } = await exported(namespace);
      expect(stderr).to.contain('Subscription books-reader: spec.subscriptionToken');
      const { code, stderr: refused } = await cluster().kubectlRun(['apply', '-R', '-f', to]);
      expect(code).not.to.equal(0);
      expect(refused).to.contain('has no such key');
      const before = stockOf(full);
      // A delivery tool is only warned: the resource is stored, and nothing of it is sent.
      await kubectl(['label', 'namespace', namespace, `${group}/enforcement=Warn`]);
      await kubectl(['apply', '-R', '-f', to]);
      const waits = ['--for=jsonpath={.status.conditions[?(@.type=="Programmed")].reason}=ValueNotFound'];
      for (const type of [`apikeys.${group}/partner`, `subscriptions.${group}/books-reader`])
        await kubectl(['wait', ...waits, type, '-n', namespace, '--timeout=60s']);
      expect(
        full.calls.filter(({ method, path }) => method !== 'GET' && /keys|subscriptions/.test(path)),
      ).to.deep.equal([]);
      expect(stockOf(full)).to.deep.equal(before);
    });

    it('is taken over where it is, without a write of what can be seen to be equal', async () => {
      const namespace = await namespaceFor(full);
      await kubectl(['delete', 'apigateway', 'emulated', '-n', namespaces.at(-2) ?? '']);
      full.restartEmpty();
      await fill(full);
      const before = stockOf(full);
      const { to } = await exported(namespace);
      await fillIn(to);
      await kubectl(['apply', '-R', '-f', to]);
      await allReady(namespace);
      const written = full.calls
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted();
      // What is hidden or rendered from a secret could be anything, and a certificate has our name.
      expect(written).to.deep.equal([
        'POST /certificates',
        'POST /llm-providers/vendor/api-keys',
        'POST /rest-apis/books/api-keys',
        ...(api === 'v1' ? ['PUT /llm-providers/vendor', 'PUT /mcp-proxies/tools'] : []),
        'PUT /rest-apis/rendered',
      ]);
      const { certificates: were, ...others } = before as Readonly<Record<string, readonly unknown[]>>;
      const { certificates, ...now } = stockOf(full) as Readonly<Record<string, readonly unknown[]>>;
      expect(now).to.deep.equal(others);
      expect(certificates).to.deep.equal([...(were ?? []), ...(were ?? [])]);
    });
  });
}
