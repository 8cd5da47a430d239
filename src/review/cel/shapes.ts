/** The objects that rules see beside the resource itself, and of what type each field is. Documented in docs/review-policies.md. */
export const shapes = {
  Upstream: {
    path: 'string',
    url: 'string',
    scheme: 'string',
    host: 'string',
    port: 'int',
    tls: 'bool',
    templated: 'bool',
    credentials: 'bool',
    private: 'bool',
    linkLocal: 'bool',
    loopback: 'bool',
    inCluster: 'bool',
  },
  Policy: { path: 'string', name: 'string', version: 'string', params: 'dyn' },
  Operation: { path: 'string', method: 'string', route: 'string', policies: 'list<Policy>' },
  SecretUse: { path: 'string', inline: 'bool', from: 'string', name: 'string', key: 'string' },
  Route: { context: 'string', vhost: 'string' },
  Gateway: { namespace: 'string', name: 'string', generation: 'string', labels: 'map<string, string>' },
  CertificateUse: { path: 'string', subject: 'string', notAfter: 'google.protobuf.Timestamp' },
  NamespaceMetadata: {
    name: 'string',
    labels: 'map<string, string>',
    annotations: 'map<string, string>',
  },
  NamespaceObject: { metadata: 'NamespaceMetadata' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type ShapeName = keyof typeof shapes;

/** What rules can name. `variables` differs from policy to policy. */
export const variableTypes = {
  object: 'map<string, dyn>',
  oldObject: 'dyn',
  request: 'dyn',
  namespaceObject: 'NamespaceObject',
  now: 'google.protobuf.Timestamp',
  upstreams: 'list<Upstream>',
  policies: 'list<Policy>',
  operations: 'list<Operation>',
  secrets: 'list<SecretUse>',
  routes: 'list<Route>',
  gateways: 'list<Gateway>',
  certificates: 'list<CertificateUse>',
} as const;

/** Those that the row of the kind tells, by the names that they have in the facts too. */
export const derivedNames = [
  'upstreams',
  'policies',
  'operations',
  'secrets',
  'routes',
  'certificates',
] as const;
