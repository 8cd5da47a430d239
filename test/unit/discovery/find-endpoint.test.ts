import { expect } from 'chai';
import { ValueReader } from '../../../src/kube/value-reader.ts';
import type { StoredGateway } from '../../../controller/cluster/stored.ts';
import { findEndpoint } from '../../../src/discovery/find-endpoint.ts';
import { authorization } from '../../../src/gateway/endpoint.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

type Objects = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What there is in the namespace: Secrets and ConfigMaps by name, and Services. */
interface World {
  readonly spec: object;
  readonly objects?: Objects;
  readonly services?: readonly ReturnType<typeof service>[];
  readonly allowLoopback?: boolean;
  readonly defaultCredentials?: boolean;
  readonly name?: string;
}

async function endpointOf(world: World) {
  const { spec, objects = {}, services = [], allowLoopback = false, name = 'one' } = world;
  const encoded = (kind: string, data: Readonly<Record<string, string>>) =>
    kind === 'ConfigMap'
      ? data
      : Object.fromEntries(
          Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
        );
  const client = {
    get: (type: { kind: string }, _namespace: string | undefined, of: string) =>
      Promise.resolve(objects[of] && { metadata: { name: of }, data: encoded(type.kind, objects[of]) }),
    list: (_type: unknown, { labelSelector }: { readonly labelSelector: string }) => {
      const wanted = labelSelector.split(',').map((label) => label.split('='));
      const items = services.filter(({ metadata: { labels } }) =>
        wanted.every(([key = '', value]) => labels[key] === value),
      );
      return Promise.resolve({ items, resourceVersion: '1' });
    },
  } as never;
  const gateway = {
    kind: 'APIGateway',
    metadata: { namespace: 'gw', name },
    spec,
  } as unknown as StoredGateway;
  const values = new ValueReader({ client, clock: systemClock });
  const endpoint = await findEndpoint(
    gateway,
    { clusterDomain: 'cluster.local', allowLoopback, defaultCredentials: world.defaultCredentials ?? false },
    { client, values },
  );
  return {
    url: endpoint.url.href,
    authorization: authorization(endpoint.credentials),
    ca: endpoint.tls.ca,
    maxConcurrency: endpoint.maxConcurrency,
  };
}

const service = (ports: readonly object[], instance = 'one-gateway', component = 'controller') => {
  const labels: Readonly<Record<string, string>> = {
    'app.kubernetes.io/instance': instance,
    'app.kubernetes.io/component': component,
  };
  return { metadata: { name: `${instance}-${component}`, labels }, spec: { ports } };
};
const rest = [{ name: 'rest', port: 9090 }];
const helm = (users: string, enabled = true) =>
  `gateway: {config: {controller: {auth: {basic: {enabled: ${enabled}, users: [${users}]}}}}}`;
const named = (values: string): World => ({
  spec: { configRef: { name: 'values' } },
  objects: { values: { 'values.yaml': values } },
  services: [service(rest)],
});
const long = 'a-gateway-for-the-whole-of-the-northern-department';
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

  it("is tried with the platform's first password only where a setting says so", async () => {
    const world = { spec: {}, services: [service([{ port: 9090 }])] };
    const found = await endpointOf({ ...world, defaultCredentials: true });
    expect(found.url).to.contain(':9090');
    expect(found.authorization).to.equal(basic('admin', 'admin'));
  });

  it('is spoken to without a password where its Helm values switch passwords off', async () => {
    const found = await endpointOf(named(helm('{username: a, password: b}', false)));
    expect(found.authorization).to.equal(undefined);
  });

  it('is the controller and no other part of the same release', async () => {
    const { spec, objects } = named(helm('{username: a, password: b}'));
    const services = [service(rest, 'one-gateway', 'runtime'), service(rest), service(rest, 'two-gateway')];
    expect((await endpointOf({ spec, ...(objects && { objects }), services })).url).to.contain(
      'one-gateway-controller.gw',
    );
  });

  it('is found where the name of its release was cut and ends in a hash', async () => {
    const { spec, objects } = named(helm('{username: a, password: b}'));
    const cut = 'a-gateway-for-the-whole-of-the-northern-dep-1f3a9c0b';
    const services = [service(rest, cut), service(rest, 'another-gateway-1f3a9c0b'), service(rest)];
    const found = await endpointOf({ spec, ...(objects && { objects }), services, name: long });
    expect(found.url).to.contain(`${cut}-controller.gw`);
  });

  const faults: readonly (readonly [string, World, RegExp])[] = [
    ['no Service has the labels', { spec: {} }, /no Service in gw has the labels/],
    [
      'two Services may be the one of a name that was cut',
      {
        ...named(helm('{username: a, password: b}')),
        services: [service(rest, 'a-gateway-for-1f3a9c0b'), service(rest, 'a-gateway-for-the-0a0a0a0a')],
        name: long,
      },
      /may be a-gateway-for-1f3a9c0b-controller or a-gateway-for-the-0a0a0a0a-controller; spec.management says which/,
    ],
    [
      'the port is none that is known',
      { ...named(helm('{username: a, password: b}')), services: [service([{ name: 'xds', port: 1 }])] },
      /has no port called rest and none 9090/,
    ],
    [
      'nothing says how it is signed in to',
      { spec: {}, services: [service(rest)] },
      /nothing says how it is signed in to; spec.management.auth names a Secret/,
    ],
    ['its Helm values name no user', named('gateway: {}'), /nothing says how it is signed in to/],
    [
      'its Helm values hold a hash',
      { ...named(helm('{username: a, password: h, password_hashed: true}')), defaultCredentials: true },
      /no more than a hash of its user's password; spec.management.auth names a Secret/,
    ],
    [
      'its Helm values lack the password',
      { ...named(helm('{username: a}')), defaultCredentials: true },
      /has no name or no password/,
    ],
    [
      'its Helm values are none',
      { ...named('a: [b'), defaultCredentials: true },
      /its Helm values are no YAML/,
    ],
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
