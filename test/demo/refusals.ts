/** One manifest that must not get in, and a piece of what kubectl has to print about it. */
export interface Refusal {
  readonly title: string;
  readonly says: RegExp;
  readonly manifest: object;
}

const group = 'gateway.api-platform.wso2.com';

function manifest(kind: string, name: string, spec: object): object {
  return {
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name, namespace: 'shop', labels: { gateway: 'edge' } },
    spec,
  };
}

const films = {
  displayName: 'Films',
  version: 'v1.0',
  context: '/films',
  upstream: { main: { url: 'http://films:8080' } },
  operations: [{ method: 'GET', path: '/films' }],
};

const token = (name: string, key: string) => ({
  displayName: 'Token',
  value: { valueFrom: { secretKeyRef: { name, key } } },
});

/** Every reason that the demo shows. */
export const refusals: readonly Refusal[] = [
  {
    title: 'a bad schema: every fault at once',
    says: /spec\.version: must match.*got "1\.x"[^]*spec\.context: must match[^]*spec\.operations: must have at least 1 entry/,
    manifest: manifest('RestApi', 'films', { ...films, version: '1.x', context: 'films/', operations: [] }),
  },
  {
    title: 'a missing parent',
    says: /spec\.parentRef: refers to RestApi films, which does not exist/,
    manifest: manifest('ApiKey', 'films-key', { parentRef: { kind: 'RestApi', name: 'films' } }),
  },
  {
    title: 'a missing Secret',
    says: /names Secret shop\/nowhere, which does not exist/,
    manifest: manifest('ManagedSecret', 'token', token('nowhere', 'token')),
  },
  {
    title: 'a missing key',
    says: /names key tokn of Secret shop\/credentials, which has no such key; it has/,
    manifest: manifest('ManagedSecret', 'token', token('credentials', 'tokn')),
  },
  {
    title: 'a handle that another namespace has',
    says: /metadata\.name: is taken on gateway shop\/edge by RestApi shop\/books/,
    manifest: {
      ...manifest('RestApi', 'books', films),
      metadata: { name: 'books', namespace: 'other', labels: { gateway: 'edge' } },
    },
  },
  {
    title: 'a display name and version that are taken',
    says: /has the display name and version of RestApi shop\/books/,
    manifest: manifest('RestApi', 'films', { ...films, displayName: 'Books' }),
  },
  {
    title: 'an upstream that is no URL, and one that is not defined',
    says: /spec\.upstream\.main\.url: must be an http or https URL[^]*spec\.upstream\.sandbox\.ref: names no upstream definition/,
    manifest: manifest('RestApi', 'films', {
      ...films,
      upstream: { main: { url: 'films:8080' }, sandbox: { ref: 'test' } },
    }),
  },
  {
    title: 'a policy version that is not a major',
    says: /spec\.policies\[0\]\.version: must be a major version alone, got "v1\.0\.1"; write v1/,
    manifest: manifest('RestApi', 'films', { ...films, policies: [{ name: 'cors', version: 'v1.0.1' }] }),
  },
  {
    title: 'a template that reads the environment of the gateway',
    says: /spec\.upstream\.main\.url: calls env in a template/,
    manifest: manifest('RestApi', 'films', {
      ...films,
      upstream: { main: { url: 'http://{{ env "HOST" }}/' } },
    }),
  },
  {
    title: 'a private key where a certificate belongs',
    says: /contains a private key, which the gateway would store/,
    manifest: manifest('Certificate', 'ca', {
      displayName: 'CA',
      certificate: '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----',
    }),
  },
];
