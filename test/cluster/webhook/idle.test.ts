import { Agent, request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, useCluster } from '../../support/cluster/shared.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';

/** The API server's client drops a connection that was idle for 90 s (net/http's DefaultTransport); up to then it uses it. */
const idleMs = 91_000;

const review = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { uid: 'idle', operation: 'DELETE', resource: { group, version: 'v1', resource: 'restapis' } },
};

describe('a connection to the webhook that nobody used for 91 s', function () {
  this.timeout(240_000);
  const cluster = useCluster();
  // The certificate is the Service's, which nobody has asked for here.
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  let stack: Stack;
  let namespace: string;
  let before91: Answer;
  let after91: Answer;

  interface Answer {
    readonly uid: string;
    readonly socket: unknown;
    readonly isReused: boolean;
  }

  before(async () => {
    stack = await startStack({
      cluster: cluster(),
      api: 'v1',
      withoutGateway: true,
      withoutController: true,
    });
    namespace = await freshNamespace('idle');
    before91 = await reviewed();
    expect((await create('early')).code).to.equal(0);
    await sleep(idleMs);
    after91 = await reviewed();
  });
  after(async () => {
    agent.destroy();
    await stack.stop();
  });

  const reviewed = async (): Promise<Answer> => {
    const options: RequestOptions = { method: 'POST', agent };
    const asked = request(`${stack.webhooks[0]!.url}/validate`, options);
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      asked.on('response', resolve).on('error', reject);
    });
    asked.end(JSON.stringify(review));
    const answer = await answered;
    // The socket goes back to the agent, and from the answer, when the body has been read.
    const { socket } = answer;
    const { response } = JSON.parse(await text(answer)) as { response: { uid: string } };
    return { uid: response.uid, socket, isReused: asked.reusedSocket };
  };
  const create = (name: string) =>
    cluster().kubectlRun(
      ['create', '-n', namespace, '-f', '-'],
      JSON.stringify({
        apiVersion: `${group}/v1`,
        kind: 'RestApi',
        metadata: { name },
        spec: { ...minimal.RestApi, displayName: name, context: `/${name}` },
      }),
    );

  it('is still open, and answers', () => {
    expect(after91.uid).to.equal('idle');
    expect(after91.isReused).to.equal(true);
    expect(after91.socket === before91.socket, 'the same connection').to.equal(true);
  });

  it('makes no creation fail, if it is the API server that was idle', async () => {
    const { code, stderr } = await create('late');
    expect(code, stderr).to.equal(0);
  });
});
