import { randomBytes, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { certificatesIn } from '../../../certs/bundle.ts';
import { startCertificates, type Certificates } from '../../../certs/certificates.ts';
import { VaultIssued } from '../../../certs/vault-issued.ts';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { applyYaml, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { changeAuthority, prepareAppRole, prepareEngine } from '../../support/vault/prepare.ts';
import { startVault, type RealVault } from '../../support/vault/real-vault.ts';

describe('replicas whose certificates a real Vault signs', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  const ended = new AbortController();
  const running: Certificates[] = [];
  const configuration = `vault-${randomBytes(4).toString('hex')}`;
  let vault: RealVault;
  let login: { readonly roleId: string; readonly secretIdFile: string };

  // It may have to be built first.
  before(async function () {
    this.timeout(3_600_000);
    vault = await startVault();
    await prepareEngine(vault);
    const { roleId, secretId } = await prepareAppRole(vault);
    const secretIdFile = join(vault.folder, 'secret-id');
    await writeFile(secretIdFile, secretId);
    login = { roleId, secretIdFile };
    const webhook = (name: string) =>
      `{name: ${name}, clientConfig: {url: "https://127.0.0.1:1/"}, rules: [], sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Ignore}`;
    await applyYaml(`
      {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: ${configuration}}, webhooks: [${webhook('a.example.com')}, ${webhook('b.example.com')}]}`);
  });
  after(async () => {
    ended.abort();
    await Promise.all(running.map(({ done }) => done));
    await vault.stop();
    await kubectl(['delete', 'validatingwebhookconfiguration', configuration, '--ignore-not-found']);
  });

  const start = async (leafLifeMs: number, settleMs = 500) => {
    const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    const dependencies = { client, logger: silentLogger, clock: systemClock };
    const { address, caFile } = vault;
    const source = new VaultIssued(
      {
        ...{ address, caFile, mount: 'pki', role: 'webhook', leafLifeMs, keyKind: 'ec-p256' },
        login: { by: 'approle', mount: 'approle', ...login },
        dnsNames: ['webhook.svc'],
      },
      dependencies,
    );
    const certificates = await startCertificates(
      { source, validatingConfiguration: configuration, settleMs },
      dependencies,
      ended.signal,
    );
    running.push(certificates);
    return certificates;
  };
  /** The subjects of the authorities that each webhook trusts. */
  const trusted = async () => {
    const path = '{range .webhooks[*]}{.clientConfig.caBundle}{"\\n"}{end}';
    const printed = await kubectl([
      'get',
      'validatingwebhookconfiguration',
      configuration,
      '-o',
      `jsonpath=${path}`,
    ]);
    return printed
      .trim()
      .split('\n')
      .map((bundle) =>
        certificatesIn(Buffer.from(bundle, 'base64').toString()).map((pem) => new X509Certificate(pem)),
      );
  };
  const version = () =>
    kubectl([
      'get',
      'validatingwebhookconfiguration',
      configuration,
      '-o',
      'jsonpath={.metadata.resourceVersion}',
    ]);
  const subjects = (bundle: readonly X509Certificate[]) => bundle.map(({ subject }) => subject).toSorted();
  const eventually = async (holds: () => Promise<boolean> | boolean) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const isSignedBy = (replica: Certificates, subject: string) =>
    new X509Certificate(replica.current().cert).issuer === subject;
  /** Holds, at any moment once every replica is injected: read what is served first, then what is trusted. */
  const expectTrust = async () => {
    const served = running.map((replica) => new X509Certificate(replica.current().cert));
    for (const bundle of await trusted())
      for (const leaf of served)
        expect(
          bundle.some((authority) => leaf.checkIssued(authority) && leaf.verify(authority.publicKey)),
          `${leaf.issuer} is among ${subjects(bundle).join(', ')}`,
        ).to.equal(true);
  };

  it('have one each, signed by an authority that every webhook trusts', async () => {
    const [one, two] = [await start(3_600_000), await start(9000)];
    await eventually(() => one.injected() && two.injected());
    expect(one.current().cert).not.to.equal(two.current().cert);
    expect((await trusted()).map(subjects)).to.deep.equal([['CN=first root'], ['CN=first root']]);
  });

  it('renew it when two thirds of its life are over, and write no more than until when that is', async () => {
    const [long, short] = running as [Certificates, Certificates];
    const before = running.map((replica) => replica.current().cert);
    let changes = 0;
    short.onChange(() => (changes += 1));
    const versions = new Set<string>();
    while (changes < 2) versions.add(await version());
    // One write for each new certificate, and what was under way at the start.
    expect(versions.size).to.be.at.most(changes + 3);
    expect(long.current().cert).to.equal(before[0]);
    expect(short.current().cert).not.to.equal(before[1]);
  });

  it('are never without trust while Vault changes to another authority, and each trusts for the others', async () => {
    const [long, short] = running as [Certificates, Certificates];
    await changeAuthority(vault, 'second root');
    let changes = 0;
    short.onChange(() => (changes += isSignedBy(short, 'CN=second root') ? 1 : 0));
    while (changes < 3) await expectTrust();
    expect(isSignedBy(long, 'CN=first root')).to.equal(true);
    expect((await trusted()).map(subjects)).to.deep.equal(
      Array.from({ length: 2 }, () => ['CN=first root', 'CN=second root']),
    );
  });

  it('forget an authority when nothing that it signed can be served any more', async () => {
    await changeAuthority(vault, 'third root');
    await eventually(async () =>
      (await trusted()).every((bundle) => subjects(bundle).includes('CN=third root')),
    );
    await eventually(async () => {
      await expectTrust();
      return (await trusted()).every((bundle) => !subjects(bundle).includes('CN=second root'));
    });
    expect((await trusted()).map(subjects)[0]).to.deep.equal(['CN=first root', 'CN=third root']);
  });

  it('are not ready with an authority that nobody but them can know yet', async () => {
    const hourMs = 3_600_000;
    const known = await start(hourMs, hourMs);
    await eventually(() => known.injected());
    await changeAuthority(vault, 'fourth root');
    const alone = await start(hourMs, hourMs);
    await eventually(async () =>
      (await trusted()).every((bundle) => subjects(bundle).includes('CN=fourth root')),
    );
    // Time enough for the informer to bring back what it has written.
    await version();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([known.injected(), alone.injected()]).to.deep.equal([true, false]);
    const soon = await start(hourMs, 0);
    await eventually(() => soon.injected());
  });
});
