import { expect } from 'chai';
import { ValueReader } from '../../../controller/binding/values.ts';
import type { StoredGateway } from '../../../controller/cluster/stored.ts';
import { findEndpoint } from '../../../controller/gateway/endpoint.ts';
import { authorization } from '../../../src/gateway/endpoint.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

type Objects = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What there is in the namespace: Secrets and ConfigMaps by name, and Services. */
interface World {
  readonly spec: object;
  readonly objects?: Objects;
  readonly services?: readonly object[];
  readonly allowLoopback?: boolean;
}

async function endpointOf({ spec, objects = {}, services = [], allowLoopback = false }: World) {
  const encoded = (kind: string, data: Readonly<Record<string, string>>) =>
    kind === 'ConfigMap'
      ? data
      : Object.fromEntries(
          Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
        );
  const client = {
    get: (type: { kind: string }, _namespace: string | undefined, name: string) =>
      Promise.resolve(objects[name] && { metadata: { name }, data: encoded(type.kind, objects[name]) }),
    list: () => Promise.resolve({ items: services, resourceVersion: '1' }),
  } as never;
  const gateway = {
    kind: 'APIGateway',
    metadata: { namespace: 'gw', name: 'one' },
    spec,
  } as unknown as StoredGateway;
  const values = new ValueReader({ client, clock: systemClock });
  const endpoint = await findEndpoint(
    gateway,
    { clusterDomain: 'cluster.local', allowLoopback },
    { client, values },
  );
  return {
    url: endpoint.url.href,
    authorization: authorization(endpoint.credentials),
    ca: endpoint.tls.ca,
    maxConcurrency: endpoint.maxConcurrency,
  };
}

const service = (ports: readonly object[]) => ({
  metadata: { name: 'one-gateway-controller' },
  spec: { ports },
});
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('where a gateway is and how it is spoken to', () => {
  it('is what spec.management says, with credentials and CA from Secrets of its namespace', async () => {
    const found = await endpointOf({
      spec: {
        management: {
          url: 'https://gateway.example:9090',
          auth: { basic: { secretRef: { name: 'admin' } } },
          tls: { caSecretRef: { name: 'ca' } },
          maxConcurrency: 3,
        },
      },
      objects: { admin: { username: 'u', password: 'p' }, ca: { 'ca.crt': 'PEM' } },
    });
    expect(found).to.deep.equal({
      url: 'https://gateway.example:9090/',
      authorization: basic('u', 'p'),
      ca: 'PEM',
      maxConcurrency: 3,
    });
  });

  it('is a Service that spec.management names, with a token', async () => {
    const found = await endpointOf({
      spec: {
        management: {
          serviceRef: { name: 'ctl', scheme: 'https' },
          auth: { bearer: { secretRef: { name: 't', key: 'token' } } },
        },
      },
      objects: { t: { token: 'abc' } },
    });
    expect(found).to.include({ url: 'https://ctl.gw.svc.cluster.local:9090/', authorization: 'Bearer abc' });
  });

  it("is found as the platform's operator finds it where there is no spec.management", async () => {
    const values =
      'gateway: {config: {controller: {auth: {basic: {enabled: true, users: [{username: a, password: b}]}}}}}';
    const found = await endpointOf({
      spec: { configRef: { name: 'values' } },
      objects: { values: { 'values.yaml': values } },
      services: [
        service([
          { name: 'xds', port: 18000 },
          { name: 'rest', port: 9191 },
        ]),
      ],
    });
    expect(found).to.include({
      url: 'http://one-gateway-controller.gw.svc.cluster.local:9191/',
      authorization: basic('a', 'b'),
    });
  });

  it('is found on port 9090 with the first credentials of the platform where nobody says otherwise', async () => {
    const found = await endpointOf({ spec: {}, services: [service([{ port: 9090 }])] });
    expect(found.url).to.contain(':9090');
    expect(found.authorization).to.equal(basic('admin', 'admin'));
  });

  const faults: readonly (readonly [string, World, RegExp])[] = [
    ['no Service has the labels', { spec: {} }, /no Service in gw has the labels/],
    [
      'a Secret is absent',
      { spec: { management: { url: 'https://x', auth: { basic: { secretRef: { name: 's' } } } } } },
      /Secret s does not exist/,
    ],
    [
      'a key is absent',
      {
        spec: { management: { url: 'https://x', auth: { basic: { secretRef: { name: 's' } } } } },
        objects: { s: { username: 'u' } },
      },
      /Secret s has no key password/,
    ],
    ['the URL is none', { spec: { management: { url: 'nowhere' } } }, /is not a URL/],
    [
      'the URL is where clouds keep their credentials',
      { spec: { management: { url: 'http://169.254.169.254' } } },
      /is no place for a gateway/,
    ],
    [
      'the URL is our own machine',
      { spec: { management: { url: 'http://127.0.0.1:9090' } } },
      /is no place for a gateway/,
    ],
  ];
  for (const [why, world, says] of faults) {
    it(`can not be told where ${why}, and that is said`, async () => {
      const failure = await endpointOf(world).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      expect(failure?.message)
        .to.match(/^could not find the gateway because /)
        .and.to.match(says);
    });
  }
});
