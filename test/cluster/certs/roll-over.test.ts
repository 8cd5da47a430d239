import { expect } from 'chai';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { customType, secretType } from '../../../src/kube/core-types.ts';
import { table } from '../../../src/kinds/table.ts';
import { group } from '../../../src/model/generation.ts';
import { startCluster, type Cluster } from '../../support/cluster/cluster.ts';
import { home } from '../../support/installation.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import type { StoredSecret } from '../../../certs/secret.ts';

const clients = 20;
const rollOvers = 3;
const type = customType(table.get('RestApi'));

describe('certificates that change all the time, under load', function () {
  this.timeout(240_000);
  // Short lives are for this cluster alone.
  let cluster: Cluster;
  let stack: Stack;

  before(async () => {
    cluster = await startCluster();
    stack = await startStack({
      cluster,
      api: 'v1',
      withoutGateway: true,
      withoutController: true,
      webhookReplicas: 2,
      webhookSettings: {
        PORTCULLIS_CERTIFICATE_LIFE: '9s',
        PORTCULLIS_CA_LIFE: '30s',
        PORTCULLIS_CA_SETTLE: '2s',
      },
    });
  });
  after(async () => {
    await stack.stop();
    await cluster.stop();
  });

  it('fail not one of the reviews of twenty clients, through several leaves and three roll-overs of the CA', async () => {
    const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster.kubeconfig }) });
    const seen = { leaves: new Set<string>(), authorities: new Set<string>() };
    const failures: string[] = [];
    let reviews = 0;
    const isOver = () => seen.authorities.size > rollOvers;
    const end = performance.now() + 180_000;
    const person = async (index: number) => {
      for (let turn = 0; !isOver() && performance.now() < end; turn += 1) {
        const name = `api-${index}-${turn}`;
        const object = {
          apiVersion: `${group}/v1`,
          kind: 'RestApi',
          metadata: { name, namespace: 'default' },
          spec: { ...minimal.RestApi, displayName: name, context: `/${name}` },
        };
        try {
          await client.create(type, object);
          // The finalizer goes without a review; then the object can.
          await client.mergePatch(type, 'default', name, { metadata: { finalizers: null } });
          await client.delete(type, 'default', name);
          reviews += 2;
        } catch (error) {
          failures.push(String(error));
        }
      }
    };
    const observer = async () => {
      while (!isOver() && performance.now() < end) {
        const secret = await client.get<StoredSecret>(secretType, home, 'portcullis-webhook-certificate');
        seen.leaves.add(secret?.data?.['tls.crt'] ?? '');
        seen.authorities.add(secret?.data?.['signing.crt'] ?? '');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };
    await Promise.all([observer(), ...Array.from({ length: clients }, (_, index) => person(index))]);
    expect(failures, failures[0]).to.deep.equal([]);
    expect(seen.authorities.size).to.be.greaterThan(rollOvers);
    expect(seen.leaves.size).to.be.greaterThan(2 * rollOvers);
    expect(reviews).to.be.greaterThan(200);
  });
});
