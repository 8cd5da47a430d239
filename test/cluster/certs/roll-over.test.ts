import { expect } from 'chai';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { customType, secretType } from '../../../src/kube/core-types.ts';
import { table } from '../../../src/kinds/table.ts';
import { group } from '../../../src/model/generation.ts';
import { startCluster, type Cluster } from '../../support/cluster/cluster.ts';
import { home } from '../../support/installation.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { issueLeaf, namesOf } from '../../../certs/material.ts';
import { materialIn, secretFor, type StoredSecret } from '../../../certs/secret.ts';
import { isKubeError } from '../../../src/kube/kube-error.ts';

const clients = 20;
const rollOvers = 3;
const lastsMs = 120_000;
const leafEveryMs = 2000;
const kept = 'portcullis-webhook-certificate';
const type = customType(table.get('RestApi'));

describe('certificates that change all the time, under load', function () {
  this.timeout(300_000);
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
        // Renewed after two thirds of it: three times in two minutes.
        PORTCULLIS_CA_LIFE: '40s',
        PORTCULLIS_CERTIFICATE_LIFE: '40s',
        PORTCULLIS_CA_SETTLE: '2s',
      },
    });
  });
  after(async () => {
    await stack.stop();
    await cluster.stop();
  });

  it('fail not one of the reviews of twenty clients in two minutes: a leaf every two seconds, three roll-overs of the CA', async () => {
    const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster.kubeconfig }) });
    const seen = { leaves: new Set<string>(), authorities: new Set<string>() };
    const failures: string[] = [];
    let reviews = 0;
    const end = performance.now() + lastsMs;
    const isOver = () => performance.now() > end;
    const person = async (index: number) => {
      for (let turn = 0; !isOver(); turn += 1) {
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
    /** Issues the next leaf as another replica would, and loses to those that are faster. */
    const rotate = async () => {
      const secret = await client.get<StoredSecret>(secretType, home, kept);
      const material = secret === undefined ? undefined : materialIn(secret);
      if (secret === undefined || material === undefined) return;
      seen.leaves.add(material.leaf.cert);
      seen.authorities.add(material.authority.cert);
      const { authority, leaf } = material;
      const next = await issueLeaf(authority, { dnsNames: namesOf(leaf), lifeMs: 40_000, now: new Date() });
      const place = { namespace: home, name: kept };
      await client
        .replace(secretType, secretFor(place, { ...material, leaf: next }, secret))
        .catch((error: unknown) => {
          if (!isKubeError(error, 'conflict')) throw error;
        });
    };
    const rotation = async () => {
      while (!isOver()) {
        await rotate();
        await new Promise((resolve) => setTimeout(resolve, leafEveryMs));
      }
    };
    await Promise.all([rotation(), ...Array.from({ length: clients }, (_, index) => person(index))]);
    expect(failures, failures[0]).to.deep.equal([]);
    expect(seen.authorities.size, 'authorities').to.be.greaterThan(rollOvers);
    expect(seen.leaves.size, 'leaves').to.be.greaterThan(10 * rollOvers);
    expect(reviews).to.be.greaterThan(200);
    process.stdout.write(
      `      ${reviews} reviews, ${seen.leaves.size} leaves, ${seen.authorities.size} authorities, 0 failures\n`,
    );
  });
});
