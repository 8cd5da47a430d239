import { expect } from 'chai';
import { startCluster, type Cluster } from '../../support/cluster/cluster.ts';
import { succeed } from '../../support/installation.ts';
import { home, rendered, renderedText, valueSets, type Rendered } from './rendered.ts';

/** What the sets of values speak of. */
const namespaces = [home, 'team-shop', 'team-bank'];

/** A definition of somebody else's kind, as loose as can be: what the chart renders of it is not judged here. */
const foreign = (kind: string) => {
  const plural = `${kind.toLowerCase()}s`;
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.monitoring.coreos.com` },
    spec: {
      group: 'monitoring.coreos.com',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
};
const foreignKinds = ['ServiceMonitor', 'PrometheusRule'];

describe('what the chart renders, before a real API server', function () {
  // The first run on a machine builds helm.
  this.timeout(600_000);
  // Of its own: what other tests have installed under the same names is somebody else's to the API server.
  let cluster: Cluster;
  const kubectl = (args: readonly string[], input?: string) => succeed(cluster, args, input);

  before(async () => {
    cluster = await startCluster({ controllerManager: true });
    const made = namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    const items = [...made, ...foreignKinds.map(foreign)];
    await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await kubectl(['wait', '--for=create', 'serviceaccount/default', '-n', home, '--timeout=60s']);
    for (const kind of foreignKinds)
      await kubectl([
        'wait',
        '--for=condition=Established',
        `crd/${kind.toLowerCase()}s.monitoring.coreos.com`,
      ]);
  });
  after(() => cluster.stop());

  for (const values of ['defaults', 'everything', 'namespaces', 'provided', 'vault']) {
    it(`is accepted with the values "${values}", by strict eyes and without a warning`, async () => {
      const { code, stdout, stderr } = await cluster.kubectlRun(
        ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'],
        await renderedText(values),
      );
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      const objects = await rendered(values);
      expect(stdout.trim().split('\n')).to.have.length(objects.length);
    });
  }

  it('passes the restricted Pod Security Standard, every Pod and with every set of values', async () => {
    const strict = await strictNamespace('strict');
    for (const values of await valueSets()) {
      const pods = podsOf(await rendered(values), strict);
      expect(pods).to.have.length.of.at.least(3);
      for (const pod of pods) await kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod));
    }
  });

  it('fails that standard where the Pods are to share the network of their node', async () => {
    const strict = await strictNamespace('stricter');
    const [pod] = podsOf(await rendered('defaults', '--set', 'webhook.hostNetwork=true'), strict).filter(
      ({ spec }) => spec?.hostNetwork === true,
    );
    const { code, stderr } = await cluster.kubectlRun(
      ['create', '--dry-run=server', '-f', '-'],
      JSON.stringify(pod),
    );
    expect(code).not.to.equal(0);
    expect(stderr).to.contain('violates PodSecurity "restricted').and.to.contain('hostNetwork=true');
  });

  /** A namespace in which nothing stands that is not restricted. */
  async function strictNamespace(name: string): Promise<string> {
    await kubectl(['create', 'namespace', name]);
    await kubectl(['label', 'namespace', name, 'pod-security.kubernetes.io/enforce=restricted']);
    // A Pod is refused before its account is there.
    await kubectl(['wait', '--for=create', 'serviceaccount/default', '-n', name, '--timeout=60s']);
    return name;
  }
});

/** Every Pod that the objects would lead to, as one that can be sent. Volumes and accounts are of no matter to the standard. */
function podsOf(objects: readonly Rendered[], namespace: string): readonly Rendered[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    if (kind !== 'Deployment' && kind !== 'Job' && kind !== 'Pod') return [];
    const podSpec = kind === 'Pod' ? spec : (spec?.template as Rendered).spec;
    const ownAccount = { ...podSpec, serviceAccountName: 'default', priorityClassName: undefined };
    return [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: metadata.name, namespace }, spec: ownAccount },
    ];
  });
}
