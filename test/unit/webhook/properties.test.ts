import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { gatewayFindings } from '../../../src/checks/gateway.ts';
import { gatewayKind } from '../../../src/kinds/api-gateway.ts';
import { table } from '../../../src/kinds/table.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import { sourcesOf } from '../../../src/model/spec-secrets.ts';
import { sentence } from '../../../src/model/violation.ts';
import { grantingOf } from '../../../src/selection/granting.ts';
import { grantFor } from '../../../src/selection/reach.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { createRegistry } from '../../../src/runtime/metrics.ts';
import { allowed, verdictOf } from '../../../webhook/answer.ts';
import { webhookMetrics } from '../../../webhook/metrics.ts';
import { mutate } from '../../../webhook/mutate.ts';
import { admissionApp } from '../../../webhook/server.ts';
import { minimal, specWith, type KindName } from '../../support/manifests.ts';
import { judge, resource } from '../checks/world.ts';
import { review } from './reviews.ts';

const kinds = Object.keys(minimal) as KindName[];
const schemas = new SchemaCheck();

/** Any JSON, with the keys that mean something in our specs more often than chance would have them. */
const keys = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'spec',
    'metadata',
    'name',
    'upstream',
    'main',
    'url',
    'policies',
    'params',
    'valueFrom',
    'secretKeyRef',
    'value',
    'operations',
    '__proto__',
    'constructor',
    'toString',
  ),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1e308, '', '{{ secret "a" }}', '{{', 'http://'),
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
  ),
})).value;

/** A path into the smallest spec of a kind, at which something else is put. */
const place = (kind: KindName) => {
  const paths: string[] = [];
  const collect = (value: unknown, path: string) => {
    if (path !== '') paths.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) collect(child, path === '' ? key : `${path}.${key}`);
  };
  collect(minimal[kind], '');
  return fc.constantFrom(...paths);
};

describe('whatever the input', () => {
  let server: Server;
  before((done) => {
    const app = admissionApp({
      handlers: {
        validate: ({ object }) =>
          Promise.resolve(
            object === undefined
              ? allowed
              : verdictOf(object, table.find(object.kind) === undefined ? [] : judge(object)),
          ),
        mutate: (request) => Promise.resolve(mutate(request, table)),
      },
      logger: silentLogger,
      metrics: webhookMetrics(createRegistry(), []),
      clock: systemClock,
      maxInFlight: 100,
      draining: new AbortController().signal,
    });
    server = createServer(app).listen(0, '127.0.0.1', done);
  });
  after(() => server.close());

  const post = async (body: string, path: string) => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const isAnswer = ({ status, body }: Awaited<ReturnType<typeof post>>) =>
    status === 200
      ? body.kind === 'AdmissionReview' &&
        typeof (body.response as { allowed?: unknown }).allowed === 'boolean'
      : status >= 400 && status < 500 && typeof body.error === 'string';

  it('any JSON is answered with a review, or with a 4xx that says why', async () => {
    await fc.assert(
      fc.asyncProperty(json, fc.constantFrom('/validate', '/mutate'), async (body, path) =>
        isAnswer(await post(JSON.stringify(body), path)),
      ),
      { numRuns: 500 },
    );
  }).timeout(60_000);

  it('a review of any request is answered with a review of its uid', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ object: json, oldObject: json, userInfo: json, options: json, name: json }),
        async (request) => {
          const answer = await post(JSON.stringify(review(request)), '/validate');
          return isAnswer(answer) && (answer.body.response as { uid?: unknown } | undefined)?.uid === 'r-1';
        },
      ),
      { numRuns: 500 },
    );
  }).timeout(60_000);

  for (const kind of kinds) {
    it(`any spec of ${kind} is judged, and so is its smallest with anything put anywhere`, () => {
      fc.assert(
        fc.property(json, (spec) =>
          judge(resource(kind, 'a-name', spec)).every((finding) => sentence(finding).length > 0),
        ),
        { numRuns: 500 },
      );
      fc.assert(
        fc.property(place(kind), json, (path, value) =>
          Array.isArray(judge(resource(kind, 'a-name', specWith(kind, path, value)))),
        ),
        { numRuns: 500 },
      );
    }).timeout(30_000);
  }

  it('any spec of a gateway is judged', () => {
    const question = (spec: unknown) => ({
      row: gatewayKind,
      object: resource(gatewayKind.kind, 'g', spec),
      enforcement: 'Deny' as const,
      allowLoopback: false,
    });
    fc.assert(fc.property(json, (spec) => Array.isArray(gatewayFindings(question(spec), [], schemas))));
    fc.assert(
      fc.property(json, (management) =>
        Array.isArray(gatewayFindings(question({ apiSelector: {}, management }), [], schemas)),
      ),
    );
  });

  it('any spec of a gateway is asked for its reach, before a schema has looked at it', () => {
    const is = (spec: unknown) => {
      const gateway = resource(gatewayKind.kind, 'g', spec);
      expect(grantFor(gateway)).to.match(/^[0-9a-f]{32}$/);
      expect(grantingOf(gateway, undefined)).to.be.oneOf(['ask', 'drop']);
    };
    fc.assert(fc.property(json, is));
    fc.assert(fc.property(json, json, (apiSelector, management) => is({ apiSelector, management })));
    const scope = fc.constantFrom('Cluster', 'Namespaced', 'LabelSelector');
    fc.assert(
      fc.property(scope, json, (of, any) =>
        is({ apiSelector: { scope: of, namespaces: any, matchLabels: any, matchExpressions: any } }),
      ),
    );
  });

  it('nothing that stands where a secret may stand is ever repeated', () => {
    const canary = 'c4n4ry-5ecret';
    const spelled = fc.constantFrom<unknown>(
      canary,
      { value: canary },
      { value: { deep: canary } },
      { value: canary, valueFrom: { name: 'a', key: 'b' } },
      [canary],
      { secret: { nested: canary } },
    );
    for (const kind of kinds) {
      for (const pattern of table.get(kind).secrets) {
        const path = pattern.replaceAll('[]', '[0]');
        fc.assert(
          fc.property(spelled, (value) => {
            const spec = specWith(kind, path, value);
            sourcesOf(table.get(kind), spec);
            return !judge(resource(kind, 'a-name', spec)).some((finding) =>
              sentence(finding).includes(canary),
            );
          }),
        );
      }
    }
  });

  it('an object of 3 MiB, ten thousand operations and a nesting of ten thousand are answered', async () => {
    const operations = Array.from({ length: 10_000 }, (_, index) => ({
      method: 'GET',
      path: `/a/${index}`,
      policies: [],
    }));
    const nested = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const bodies = [
      JSON.stringify(review({ object: resource('RestApi', 'books', { ...minimal.RestApi, operations }) })),
      JSON.stringify(
        review({
          object: resource('RestApi', 'books', {
            ...minimal.RestApi,
            context: `/${'x'.repeat(3 * 1024 * 1024)}`,
          }),
        }),
      ),
      JSON.stringify(
        review({
          object: resource(
            'RestApi',
            'books',
            specWith('RestApi', 'policies', [{ name: 'a', version: 'v1', params: 'HERE' }]),
          ),
        }),
      ).replace('"HERE"', nested),
    ];
    for (const body of bodies) expect(isAnswer(await post(body, '/validate'))).to.equal(true);
  }).timeout(30_000);
});
