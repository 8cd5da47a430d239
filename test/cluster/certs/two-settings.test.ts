import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { holds } from '../../../certs/bundle.ts';
import { startCertificates, type Certificates } from '../../../certs/certificates.ts';
import { SelfSigned } from '../../../certs/self-signed.ts';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { applyYaml, freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { eventually } from '../controller/scene.ts';

const yearMs = 365 * 86_400_000;

describe('replicas whose settings name different Secrets, as in a rolling update', function () {
  this.timeout(60_000);
  const cluster = useCluster();
  const ended = new AbortController();
  const running: Certificates[] = [];
  const configuration = `two-${randomBytes(4).toString('hex')}`;
  let namespace: string;

  before(async () => {
    namespace = await freshNamespace('two');
    await applyYaml(`
      {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: ${configuration}}, webhooks: [
        {name: a.example.com, clientConfig: {service: {namespace: ${namespace}, name: webhook}}, rules: [], sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Ignore}]}`);
    for (const name of ['old', 'young']) running.push(await start(name));
  });
  after(async () => {
    ended.abort();
    await Promise.all(running.map(({ done }) => done));
    await kubectl(['delete', 'validatingwebhookconfiguration', configuration]);
  });

  const start = (name: string) => {
    const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    const dependencies = { client, logger: silentLogger, clock: systemClock };
    const source = new SelfSigned(
      { secret: { namespace, name }, dnsNames: ['webhook.svc'], authorityLifeMs: yearMs, leafLifeMs: yearMs },
      { ...dependencies, events: { record: () => undefined } },
    );
    return startCertificates({ source, validatingConfiguration: configuration }, dependencies, ended.signal);
  };
  const text = async (type: string, name: string, path: string) =>
    Buffer.from(
      await kubectl(['get', type, name, '-n', namespace, '-o', `jsonpath=${path}`]),
      'base64',
    ).toString();

  it('have both their CAs stand in the configuration, and none takes the place of the other', async () => {
    await eventually(async () => {
      const path = '{.webhooks[0].clientConfig.caBundle}';
      const bundle = await text('validatingwebhookconfiguration', configuration, path);
      for (const name of ['old', 'young'])
        expect(holds(bundle, await text('secret', name, '{.data.ca\\.crt}')), name).to.equal(true);
    });
    expect(running.map((certificates) => certificates.injected())).to.deep.equal([true, true]);
  });
});
