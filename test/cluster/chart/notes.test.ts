import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { parse } from 'yaml';
import { gatewayKind } from '../../../src/kinds/api-gateway.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import { helmFor } from '../../support/cluster/helm.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { chart, home, type Rendered } from './rendered.ts';

describe('what helm prints when the chart is installed', function () {
  // The first run on a machine builds helm.
  this.timeout(600_000);

  const cluster = useCluster();
  const notes = async (...settings: string[]) => {
    const helm = await helmFor(cluster(), tmpdir());
    // Whose the definitions are is of no matter here.
    const values = ['crds.install=false', ...settings].flatMap((one) => ['--set', one]);
    const args = ['install', 'gates', chart, '--namespace', home, '--dry-run=server', ...values];
    const { code, stdout, stderr } = await helm(args);
    expect(code, stderr).to.equal(0);
    return stdout.slice(stdout.indexOf('NOTES:'));
  };

  it('shows a gateway that Portcullis would take', async () => {
    const [, manifest = ''] = /<<END\n([\s\S]*?)\n +END/.exec(await notes()) ?? [];
    const { kind, spec } = parse(manifest) as Rendered;
    expect(kind).to.equal(gatewayKind.kind);
    expect(new SchemaCheck().check(gatewayKind, spec).violations).to.equal(undefined);
  });

  it('names the Deployments of this release, and its test', async () => {
    const text = await notes();
    expect(text).to.contain('deployment/gates-portcullis-webhook deployment/gates-portcullis-controller');
    expect(text).to.contain(`helm test gates --namespace ${home}`);
  });

  it('says what is left to whoever installs', async () => {
    const text = await notes(
      'certificates.mode=secret',
      'rbac.create=false',
      'uninstall.enabled=false',
      'watchNamespaces={shop,bank}',
    );
    expect(text)
      .to.contain('The webhook waits for Secret gates-portcullis-webhook-certificate')
      .and.to.contain('custom resource definitions are left to you')
      .and.to.contain('Roles are left to you')
      .and.to.contain('`helm uninstall` runs no Job')
      .and.to.contain('in one of the namespaces shop, bank');
  });
});
