import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { SelfSigned } from '../../../certs/self-signed.ts';
import { startCertificates, type Certificates } from '../../../certs/certificates.ts';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { applyYaml, freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';

describe('certificates in a real API server', function () {
  this.timeout(60_000);
  const cluster = useCluster();
  const ended = new AbortController();
  const running: Certificates[] = [];
  const yearMs = 365 * 86_400_000;
  const told: string[] = [];
  const troubles: string[] = [];
  let namespace: string;
  let configuration: string;

  before(async () => {
    namespace = await freshNamespace('certs');
    configuration = `certs-${randomBytes(4).toString('hex')}`;
  });
  after(async () => {
    ended.abort();
    await Promise.all(running.map(({ done }) => done));
    await kubectl(['delete', 'validatingwebhookconfiguration', configuration, '--ignore-not-found']);
  });

  const start = async (name: string) => {
    const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    const dependencies = { client, logger: silentLogger, clock: systemClock };
    const source = new SelfSigned(
      { secret: { namespace, name }, dnsNames: ['webhook.svc'], authorityLifeMs: yearMs, leafLifeMs: yearMs },
      { ...dependencies, events: { record: (_object, _type, reason) => told.push(reason) } },
    );
    const certificates = await startCertificates(
      { source, validatingConfiguration: configuration, trouble: (why) => troubles.push(why) },
      dependencies,
      ended.signal,
    );
    running.push(certificates);
    return certificates;
  };
  const field = (type: string, name: string, path: string) =>
    kubectl(['get', type, name, '-n', namespace, '-o', `jsonpath=${path}`]);
  const eventually = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it('are made once: three replicas that start together serve the same', async () => {
    const replicas = await Promise.all([start('shared'), start('shared'), start('shared')]);
    const [first] = replicas.map((replica) => replica.current().cert);
    expect(replicas.map((replica) => replica.current().cert)).to.deep.equal([first, first, first]);
    expect(await field('secret', 'shared', '{.type}')).to.equal('kubernetes.io/tls');
  });

  it('stand in the configuration as soon as there is one, and again when somebody overwrites them', async () => {
    const [replica] = running;
    expect(replica!.injected()).to.equal(false);
    await applyYaml(`
      {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: ${configuration}}, webhooks: [
        {name: a.example.com, clientConfig: {service: {namespace: ${namespace}, name: webhook}}, rules: [], sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Ignore}]}`);
    await eventually(() => Promise.resolve(replica!.injected()));
    const bundle = () =>
      field('validatingwebhookconfiguration', configuration, '{.webhooks[0].clientConfig.caBundle}');
    const wanted = await field('secret', 'shared', '{.data.ca\\.crt}');
    expect(await bundle()).to.equal(wanted);
    await kubectl([
      'patch',
      'validatingwebhookconfiguration',
      configuration,
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"}]',
    ]);
    await eventually(async () => (await bundle()) === wanted);
    expect(replica!.injected()).to.equal(true);
  });

  it('are replaced, and swapped in every replica, when the Secret is damaged', async () => {
    const [one, two] = running;
    const before = one!.current().cert;
    await kubectl(['patch', 'secret', 'shared', '-n', namespace, '-p', '{"data":{"tls.crt":"eA=="}}']);
    await eventually(() =>
      Promise.resolve(one!.current().cert !== before && one!.current().cert === two!.current().cert),
    );
  });

  it("never take the place of somebody else's Secret, and come when it is gone", async () => {
    await kubectl(['create', 'secret', 'generic', 'foreign', '-n', namespace, '--from-literal=a=b']);
    const waiting = start('foreign');
    await eventually(() => Promise.resolve(troubles.length > 0));
    expect(troubles[0]).to.contain("somebody else's");
    expect(told).to.contain('ForeignSecret');
    expect(await field('secret', 'foreign', '{.data}')).to.equal('{"a":"Yg=="}');
    await kubectl(['delete', 'secret', 'foreign', '-n', namespace]);
    expect((await waiting).current().cert).to.contain('BEGIN CERTIFICATE');
  });
});
