import type { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { customType } from '../../../src/kube/core-types.ts';
import { group } from '../../../src/model/generation.ts';
import { startCluster, type Cluster } from '../../support/cluster/cluster.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { changeAuthority, prepareAppRole, prepareEngine } from '../../support/vault/prepare.ts';
import { startVault, type RealVault } from '../../support/vault/real-vault.ts';

const clients = 5;
const type = customType(table.get('RestApi'));

describe('a webhook whose certificates a real Vault signs', function () {
  this.timeout(240_000);
  let vault: RealVault;
  // It writes the webhook configurations of an installation, of which a cluster has one.
  let cluster: Cluster;
  let stack: Stack;

  before(async function () {
    // It may have to be built first.
    this.timeout(3_600_000);
    vault = await startVault();
    await prepareEngine(vault, { allow_any_name: true });
    const { roleId, secretId } = await prepareAppRole(vault);
    const secretIdFile = join(vault.folder, 'secret-id');
    await writeFile(secretIdFile, secretId);
    cluster = await startCluster();
    stack = await startStack({
      cluster,
      api: 'v1',
      withoutGateway: true,
      withoutController: true,
      webhookReplicas: 2,
      webhookSettings: {
        PORTCULLIS_CERTIFICATES: 'vault',
        PORTCULLIS_VAULT_ADDRESS: vault.address.origin,
        PORTCULLIS_VAULT_CA_FILE: vault.caFile,
        PORTCULLIS_VAULT_ROLE: 'webhook',
        PORTCULLIS_VAULT_LOGIN: 'approle',
        PORTCULLIS_VAULT_ROLE_ID: roleId,
        PORTCULLIS_VAULT_SECRET_ID_FILE: secretIdFile,
        PORTCULLIS_CERTIFICATE_LIFE: '20s',
        PORTCULLIS_CA_SETTLE: '2s',
      },
    });
  });
  after(async () => {
    await stack.stop();
    await cluster.stop();
    await vault.stop();
  });

  /** The authorities that signed what the replicas serve now. */
  const issuers = async () =>
    await Promise.all(stack.webhooks.map(async ({ url }) => (await served(url)).issuer));

  it('judges every review while Vault changes to another authority and both replicas go with it', async () => {
    const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster.kubeconfig }) });
    expect(await issuers()).to.deep.equal(['CN=first root', 'CN=first root']);
    await changeAuthority(vault, 'second root');
    const failures: string[] = [];
    let isOver = false;
    const person = async (index: number) => {
      for (let turn = 0; !isOver; turn += 1) {
        const name = `api-${index}-${turn}`;
        const object = {
          apiVersion: `${group}/v1`,
          kind: 'RestApi',
          metadata: { name, namespace: 'default' },
          spec: { ...minimal.RestApi, displayName: name, context: `/${name}` },
        };
        await client.create(type, object).catch((error: unknown) => failures.push(String(error)));
      }
    };
    const observer = async () => {
      while ((await issuers()).some((issuer) => issuer !== 'CN=second root'))
        await new Promise((resolve) => setTimeout(resolve, 200));
      isOver = true;
    };
    await Promise.all([observer(), ...Array.from({ length: clients }, (_, index) => person(index))]);
    expect(failures, failures[0]).to.deep.equal([]);
  });
});

/** The certificate that a server shows; whether it is trusted is for others to say. */
async function served(url: string): Promise<X509Certificate> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  try {
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) throw new Error(`${url} shows no certificate`);
    return certificate;
  } finally {
    socket.destroy();
  }
}
