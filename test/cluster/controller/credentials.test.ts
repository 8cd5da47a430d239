import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { CertificateAuthority } from '../../support/cluster/credentials.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import { startImpostor } from '../../support/gateway/impostor.ts';
import { installCrds } from '../../support/install.ts';
import { eventually, secret, startScene, type Scene } from './scene.ts';

const group = 'gateway.api-platform.wso2.com';

describe('how a gateway is reached, when that changes while the controller runs', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
    scene = await startScene('reached', { api: 'v1' });
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });

  const gateway = (name: string, spec: object) => ({
    apiVersion: `${group}/v1`,
    kind: 'APIGateway',
    metadata: { name, namespace: scene.namespace },
    spec: { apiSelector: { scope: 'LabelSelector', matchLabels: { nobody: 'at-all' } }, ...spec },
  });
  const admin = { basic: { secretRef: { name: 'gateway-admin' } } };
  const says = async (name: string, status: 'True' | 'False', message: RegExp) =>
    await eventually(async () => {
      const found = await scene.get(`apigateways.${group}`, name);
      const reachable = found?.status?.conditions?.find(({ type }) => type === 'Reachable');
      expect(reachable?.status, JSON.stringify(reachable)).to.equal(status);
      expect(reachable?.message).to.match(message);
      // One that is out of reach is looked up again after a while that grows.
    }, 60_000);

  it('is by the CA of its Secret, whichever that is at the time', async () => {
    const [first, second] = [await CertificateAuthority.create(), await CertificateAuthority.create()];
    const tlsOf = async (authority: CertificateAuthority) => {
      const { certificate: cert, key } = await authority.issue({ commonName: 'gw', hosts: ['127.0.0.1'] });
      return { cert, key };
    };
    const before = await startImpostor({ behind: scene.gateway.url, tls: await tlsOf(first) });
    const port = Number(new URL(before.url).port);
    const management = { url: before.url, auth: admin, tls: { caSecretRef: { name: 'its-ca' } } };
    await scene.apply(
      secret('its-ca', { 'ca.crt': first.pair.certificate }),
      gateway('by-ca', { management }),
    );
    await says('by-ca', 'True', /answers/);
    await before.stop();
    const after = await startImpostor({ behind: scene.gateway.url, tls: await tlsOf(second), port });
    try {
      await says('by-ca', 'False', /its certificate is not signed by a trusted CA/);
      expect(after.met).to.deep.equal([]);
      await scene.apply(secret('its-ca', { 'ca.crt': second.pair.certificate }));
      await says('by-ca', 'True', /answers/);
    } finally {
      await after.stop();
    }
  });

  it('is with the certificate of our own that its Secret has at the time', async () => {
    const [ours, others] = [await CertificateAuthority.create(), await CertificateAuthority.create()];
    const { certificate: cert, key } = await ours.issue({ commonName: 'gw', hosts: ['127.0.0.1'] });
    const ca = ours.pair.certificate;
    const secured = await startGateway({ api: 'v1', tls: { cert, key, ca } });
    const pairOf = async (authority: CertificateAuthority) => {
      const pair = await authority.issue({ commonName: 'portcullis' });
      return { 'tls.crt': pair.certificate, 'tls.key': pair.key, 'ca.crt': ca };
    };
    const secretRef = { name: 'our-certificate' };
    const tls = { caSecretRef: secretRef, clientCertSecretRef: secretRef };
    try {
      await scene.apply(
        secret(secretRef.name, await pairOf(others)),
        gateway('by-certificate', { management: { url: secured.url, auth: admin, tls } }),
      );
      await says('by-certificate', 'False', /could not/);
      expect(secured.calls).to.deep.equal([]);
      await scene.apply(secret(secretRef.name, await pairOf(ours)));
      await says('by-certificate', 'True', /answers/);
      await scene.apply(secret(secretRef.name, { ...(await pairOf(ours)), 'tls.key': 'nonsense' }));
      await says('by-certificate', 'False', /our certificate and its key are of no use/);
      await scene.apply(secret(secretRef.name, await pairOf(ours)));
      await says('by-certificate', 'True', /answers/);
    } finally {
      await secured.stop();
    }
  });

  it('is with the user and password that its Helm values have at the time, and never with a hash', async () => {
    const values = (users: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'values' },
      data: { 'values.yaml': `gateway: {config: {controller: {auth: {basic: {users: [${users}]}}}}}` },
    });
    const spec = { management: { url: scene.gateway.url }, configRef: { name: 'values' } };
    await scene.apply(gateway('by-values', spec));
    await says('by-values', 'False', /nothing says how it is signed in to/);
    await scene.apply(values('{username: admin, password: admin}'));
    await says('by-values', 'True', /answers/);
    await scene.apply(values('{username: admin, password: other}'));
    await says('by-values', 'False', /answered 401/);
    await scene.apply(values('{username: admin, password: "$2a$10$abc", password_hashed: true}'));
    await says('by-values', 'False', /no more than a hash of its user's password/);
    await scene.apply(values('{username: dev, password: dev}, {username: admin, password: admin}'));
    await says('by-values', 'True', /answers/);
  });

  it('is at the Service that its release has at the time', async () => {
    const service = (labels: object) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'by-labels-controller', labels },
      spec: { ports: [{ name: 'rest', port: 9090 }], selector: { app: 'none' } },
    });
    const values = { management: { auth: admin } };
    await scene.apply(gateway('by-labels', values));
    await says('by-labels', 'False', /no Service in .* has the labels/);
    await scene.apply(
      service({
        'app.kubernetes.io/instance': 'by-labels-gateway',
        'app.kubernetes.io/component': 'controller',
      }),
    );
    // Outside of a cluster no name of a Service is known to anybody.
    await says('by-labels', 'False', /its host name (is unknown|could not be looked up)/);
    await scene.apply(service({ 'app.kubernetes.io/instance': 'another-gateway' }));
    await says('by-labels', 'False', /no Service in .* has the labels/);
  });
});
