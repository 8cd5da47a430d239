import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { createRegistry } from '../../../src/runtime/metrics.ts';
import type { AdmissionRequest } from '../../../webhook/admission-review.ts';
import { allowed, refused, type Verdict } from '../../../webhook/answer.ts';
import { webhookMetrics } from '../../../webhook/metrics.ts';
import { admissionApp, maxReviewBytes } from '../../../webhook/server.ts';
import { review } from './reviews.ts';

interface Answer {
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly status?: { readonly code: number; readonly message: string };
  };
}

describe('the admission server', () => {
  let server: Server;
  let judge: (request: AdmissionRequest) => Promise<Verdict>;
  const draining = new AbortController();
  const registry = createRegistry();

  before((done) => {
    const handlers = {
      validate: (request: AdmissionRequest) => judge(request),
      mutate: () => Promise.resolve(allowed),
    };
    const app = admissionApp({
      handlers,
      logger: silentLogger,
      metrics: webhookMetrics(registry, ['RestApi']),
      clock: systemClock,
      maxInFlight: 2,
      draining: draining.signal,
    });
    server = createServer(app).listen(0, '127.0.0.1', done);
  });
  beforeEach(() => (judge = () => Promise.resolve(allowed)));
  after(() => server.close());

  const post = async (body: string, path = '/validate') => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Answer & { error?: string },
    };
  };

  it('answers a review with its uid', async () => {
    const { status, body } = await post(JSON.stringify(review()));
    expect(status).to.equal(200);
    expect(body).to.deep.equal({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'r-1', allowed: true },
    });
  });

  it('takes reviews whatever follows in the path, as another version of the configurations may have it', async () => {
    const { body } = await post(JSON.stringify(review()), '/validate/if-this-fails/do-something');
    expect(body.response).to.deep.equal({ uid: 'r-1', allowed: true });
  });

  it('carries a refusal with its line breaks', async () => {
    judge = () => Promise.resolve(refused(403, 'one\n  two'));
    const { body } = await post(JSON.stringify(review()));
    expect(body.response).to.deep.equal({
      uid: 'r-1',
      allowed: false,
      status: { status: 'Failure', code: 403, reason: 'Forbidden', message: 'one\n  two' },
    });
  });

  const bad: readonly [string, string, number, RegExp][] = [
    ['not JSON', '{"apiVersion":', 400, /not JSON/],
    ['nothing', '', 400, /not an AdmissionReview/],
    ['an array', '[]', 400, /not an AdmissionReview/],
    ['null', 'null', 400, /not an AdmissionReview/],
    ['another kind of object', '{"kind":"Pod","request":{"uid":"x"}}', 400, /not an AdmissionReview/],
    ['a review without a uid', JSON.stringify(review({ uid: 7 })), 400, /no uid/],
    ['a body over the limit', `"${'x'.repeat(maxReviewBytes)}"`, 413, /larger than/],
  ];
  for (const [what, body, status, message] of bad) {
    it(`says in a 4xx why it can't answer ${what}`, async () => {
      const answer = await post(body);
      expect(answer.status).to.equal(status);
      expect(answer.body.error).to.match(message);
    });
  }

  const unreadable: readonly [string, Record<string, unknown>, RegExp][] = [
    ['an older version', { ...review(), apiVersion: 'admission.k8s.io/v1beta1' }, /v1beta1/],
    ['an unknown operation', review({ operation: 'PATCH' }), /PATCH/],
    ['no object', review({ object: null }), /no object/],
    ['an object that is a string', review({ object: 'x' }), /no object/],
  ];
  for (const [what, body, message] of unreadable) {
    it(`refuses a review with ${what} in a review of its own`, async () => {
      const { status, body: answer } = await post(JSON.stringify(body));
      expect(status).to.equal(200);
      expect(answer.response.uid).to.equal('r-1');
      expect(answer.response.status?.code).to.equal(400);
      expect(answer.response.status?.message).to.match(message);
    });
  }

  it('admits a resource of somebody else, and says that it was asked by mistake', async () => {
    const foreign = review({ resource: { group: 'apps', version: 'v1', resource: 'deployments' } });
    const { body } = await post(JSON.stringify(foreign));
    expect(body.response.allowed).to.equal(true);
  });

  it('turns an error of its own into a refusal without internals', async () => {
    judge = () => Promise.reject(new Error('password is hunter2'));
    const { body } = await post(JSON.stringify(review()));
    expect(body.response.status?.code).to.equal(500);
    expect(JSON.stringify(body)).not.to.contain('hunter2');
  });

  it('turns reviews away instead of queueing without end', async () => {
    const release: (() => void)[] = [];
    judge = () => new Promise((resolve) => release.push(() => resolve(allowed)));
    const under = [post(JSON.stringify(review())), post(JSON.stringify(review()))];
    while (release.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const { body } = await post(JSON.stringify(review()));
    expect(body.response.status?.code).to.equal(429);
    for (const go of release) go();
    for (const { body: answer } of await Promise.all(under)) expect(answer.response.allowed).to.equal(true);
  });

  it('says what there is where there is nothing', async () => {
    const { status, body } = await post('{}', '/nowhere');
    expect(status).to.equal(404);
    expect(body.error).to.contain('/validate');
  });

  it('counts every verdict from zero', async () => {
    const text = await registry.metrics();
    expect(text).to.match(
      /admission_reviews_total\{kind="RestApi",operation="CREATE",decision="denied"\} [1-9]/,
    );
    expect(text).to.match(/admission_mutations_total\{kind="RestApi",decision="error"\} 0/);
  });

  it('asks for its connections to be closed while it drains', async () => {
    draining.abort();
    const { headers, body } = await post(JSON.stringify(review()));
    expect(headers.get('connection')).to.equal('close');
    expect(body.response.allowed).to.equal(true);
  });
});
