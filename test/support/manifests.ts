/** A spec of each kind that every gateway takes, as small as it can be; tests change what they are about. */
export const minimal = {
  RestApi: {
    displayName: 'Books',
    version: 'v1.0',
    context: '/books',
    upstream: { main: { url: 'http://backend:8080' } },
    operations: [{ method: 'GET', path: '/books' }],
  },
  WebSubApi: {
    displayName: 'Issues',
    version: 'v1.0',
    context: '/issues',
    hub: { channels: [{ name: 'issues' }] },
  },
  Mcp: {
    displayName: 'Everything',
    version: 'v1.0',
    context: '/everything',
    upstream: { url: 'http://mcp:3001' },
  },
  LlmProviderTemplate: { displayName: 'Vendor' },
  LlmProvider: {
    displayName: 'Vendor',
    version: 'v1.0',
    context: '/vendor',
    template: 'openai',
    upstream: { url: 'https://vendor.example/v1' },
    accessControl: { mode: 'allow_all' },
  },
  LlmProxy: { displayName: 'Assistant', version: 'v1.0', context: '/assistant', provider: { id: 'vendor' } },
  Secret: { displayName: 'token', value: 'abc' },
  ManagedSecret: { displayName: 'token', value: { valueFrom: { name: 'creds', key: 'token' } } },
  ApiKey: { parentRef: { kind: 'RestApi', name: 'books' } },
  Certificate: { displayName: 'ca', certificate: { valueFrom: { name: 'ca', key: 'ca.crt' } } },
  SubscriptionPlan: { planName: 'Gold' },
  Subscription: { apiId: 'books', subscriptionToken: { valueFrom: { name: 'token', key: 'token' } } },
} as const;

export type KindName = keyof typeof minimal;

/** The minimal spec with one part set; `undefined` removes it. The path is written as `operations[0].path`. */
export function specWith(kind: KindName, path: string, value: unknown): Record<string, unknown> {
  const spec = structuredClone(minimal[kind]) as Record<string, unknown>;
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  const last = steps.pop()!;
  const holder = steps.reduce<Record<string, unknown>>(
    (part, step) => (part[step] ??= {}) as Record<string, unknown>,
    spec,
  );
  if (value === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = value;
  return spec;
}
