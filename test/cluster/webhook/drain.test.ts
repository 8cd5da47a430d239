import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Agent, request } from 'undici';
import { createKubeClient, loadKubeConfig, type KubeClient } from '../../../src/kube/client.ts';
import { customType } from '../../../src/kube/core-types.ts';
import type { KubeObject } from '../../../src/kube/resource.ts';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, useCluster } from '../../support/cluster/shared.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack, type WebhookReplica } from '../../support/stack.ts';
import { reviewsOf } from '../../support/webhook-metrics.ts';
import { eventually } from '../controller/scene.ts';

const restApis = customType({ kind: 'RestApi', plural: 'restapis' });
/** Creations under way at any moment: more than the API server keeps connections for. */
const writers = 30;

describe('a webhook that is told to go while reviews come in', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let client: KubeClient;
  let namespace: string;
  let first: WebhookReplica;
  let second: WebhookReplica;

  before(async () => {
    stack = await startStack({
      cluster: cluster(),
      api: 'v1',
      withoutController: true,
      webhookReplicas: 2,
      webhookSettings: { PORTCULLIS_DRAIN: '2s' },
    });
    [first, second] = stack.webhooks as [WebhookReplica, WebhookReplica];
    client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    namespace = await freshNamespace('drain');
  });
  after(() => stack.stop());

  const create = (name: string) =>
    client.create<KubeObject>(restApis, {
      apiVersion: `${group}/v1`,
      kind: 'RestApi',
      metadata: { name, namespace },
      spec: { ...minimal.RestApi, displayName: name, context: `/${name}` },
    });

  /** Creates without a pause until the signal; every failure is kept. */
  const load = async (signal: AbortSignal) => {
    const failures: unknown[] = [];
    let created = 0;
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let index = 0; !signal.aborted; index += 1) {
          try {
            await create(`api-${writer}-${index}`);
            created += 1;
          } catch (error) {
            failures.push(error);
          }
        }
      }),
    );
    return { failures, created };
  };

  /** Tells the first replica to go while reviews come in, and waits until the second one has judged on. */
  const leave = async () => {
    await eventually(async () => {
      for (const replica of stack.webhooks) expect(await reviewsOf(replica)).to.be.greaterThan(50);
    });
    first.terminate();
    const reason = await unready(first);
    const late = await reviewed(first);
    const how = await first.ended;
    const afterwards = await reviewsOf(second);
    await eventually(async () => expect(await reviewsOf(second)).to.be.greaterThan(afterwards + 50));
    return { reason, late, how };
  };

  it('is unready first and judges on, answers what is under way, ends by itself, and no creation fails', async () => {
    const enough = new AbortController();
    const loaded = load(enough.signal);
    const { reason, late, how } = await leave().finally(() => enough.abort());
    const { failures, created } = await loaded;

    expect(failures.map(String)).to.deep.equal([]);
    expect(how).to.equal('code 0');
    expect(created).to.be.greaterThan(100);
    expect(reason).to.contain('the process is going');
    expect(late).to.deep.equal({ statusCode: 200, uid: 'late', connection: 'close' });
  });

  it('and everything that was created was judged', async () => {
    const { items } = await client.list<KubeObject>(restApis, { namespace });
    expect(items.filter(({ metadata }) => (metadata.finalizers ?? []).length === 0)).to.deep.equal([]);
    await Promise.all(
      items.map(({ metadata }) =>
        client.mergePatch(restApis, namespace, metadata.name, { metadata: { finalizers: null } }),
      ),
    );
  });

  it('is missed by nobody when the last one goes too: creations are refused, and say why', async () => {
    second.terminate();
    expect(await second.ended).to.equal('code 0');
    const failure = await create('too-late').then(
      () => 'it was admitted',
      (error: unknown) => String(error),
    );
    expect(failure).to.contain('failed calling webhook "mutate.gateway.api-platform.wso2.com"');
  });
});

/** The first reason that a replica gives for not being ready. */
async function unready({ probeUrl }: WebhookReplica): Promise<string> {
  for (;;) {
    const answer = await fetch(`${probeUrl}/readyz`);
    const text = await answer.text();
    if (!answer.ok) return text;
    await sleep(10);
  }
}

/** A review sent past the Service, as over a connection that stood before readiness fell. */
async function reviewed({ url }: WebhookReplica) {
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'late', operation: 'DELETE', resource: { group, version: 'v1', resource: 'restapis' } },
  };
  // The certificate is the Service's, which nobody has asked for here.
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const { statusCode, headers, body } = await request(`${url}/validate`, {
    method: 'POST',
    body: JSON.stringify(review),
    dispatcher,
  });
  const { response } = (await body.json()) as { response: { uid: string } };
  await dispatcher.close();
  return { statusCode, uid: response.uid, connection: headers.connection };
}
