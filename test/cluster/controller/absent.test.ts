import { expect } from 'chai';
import { isAbsent } from '../../../controller/orphans/absent.ts';
import { table } from '../../../src/kinds/table.ts';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';

describe('the absence of a resource', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  const row = table.get('RestApi');
  let namespace: string;
  const ask = async (of: typeof row, name: string) => {
    const kubeConfig = loadKubeConfig({ path: cluster().kubeconfig });
    return await isAbsent(createKubeClient({ kubeConfig }), of, { namespace, name });
  };

  before(async () => {
    await installCrds();
    namespace = await freshNamespace('absent');
    const object = {
      apiVersion: 'gateway.api-platform.wso2.com/v1',
      kind: 'RestApi',
      metadata: { name: 'books' },
    };
    await kubectl(
      ['apply', '-n', namespace, '-f', '-'],
      JSON.stringify({ ...object, spec: minimal.RestApi }),
    );
  });
  after(async () => {
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('is confirmed by an API server that serves its kind and has none of its name', async () => {
    expect(await ask(row, 'others')).to.equal(true);
  });

  it('is denied by an API server that has it', async () => {
    expect(await ask(row, 'books')).to.equal(false);
  });

  it('is not confirmed while the CRD of its kind is not established', async () => {
    expect(await ask({ ...row, plural: 'restapisofnobody' }, 'books')).to.equal(false);
  });
});
