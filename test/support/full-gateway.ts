import { managementBase, payloadVersion } from '../../src/model/generation.ts';
import { certificatePem } from './certificate-pem.ts';
import type { Gateway } from './gateway/emulator.ts';

/** Credentials that stand at a full gateway. */
export const hush = {
  token: 'hush-the-token-of-the-backend',
  vendor: 'sk-hush-the-key-of-the-vendor',
  tools: 'Bearer hush-the-key-of-the-tools',
  header: 'Bearer hush-in-a-header',
  partner: 'hush-the-key-of-a-partner-of-36-characters',
  reader: 'hush-the-token-of-a-reader',
} as const;

export const pem = certificatePem('backends');

type Json = Readonly<Record<string, unknown>>;

/** Fills an emulated gateway by its API, as somebody without Kubernetes does: all kinds, and what is odd about each. */
export async function fill(gateway: Gateway): Promise<void> {
  const { api } = gateway;
  const send = async (method: string, path: string, body: Json) => {
    const response = await fetch(`${gateway.url}${managementBase(api)}${path}`, {
      method,
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status} ${text}`);
    return JSON.parse(text) as Json;
  };
  const document = (kind: string, name: string, spec: Json, metadata: Json = {}) => ({
    apiVersion: payloadVersion(api),
    kind,
    metadata: { name, ...metadata },
    spec,
  });

  await send(
    'POST',
    '/secrets',
    document('Secret', 'token', { displayName: 'Token', description: 'For the backend', value: hush.token }),
  );
  const plan = await send('POST', '/subscription-plans', {
    planName: 'Gold Plan',
    throttleLimitCount: 10,
    throttleLimitUnit: 'Min',
    stopOnQuotaReach: false,
  });
  for (const one of restApis(document)) await send('POST', '/rest-apis', one);
  const [, , quiet] = restApis(document);
  await send('PUT', '/rest-apis/quiet', quiet ?? {});
  await send('POST', '/llm-provider-templates', document('LlmProviderTemplate', 'own', template));
  await send('POST', '/llm-providers', document('LlmProvider', 'vendor', provider));
  await send('POST', '/llm-proxies', document('LlmProxy', 'assistant', proxy));
  await send('POST', '/mcp-proxies', document('Mcp', 'tools', tools));
  if (api === 'v0.9')
    await send(
      'POST',
      '/websub-apis',
      document('WebSubApi', 'issues', {
        displayName: 'Issues',
        version: 'v1.0',
        context: '/issues',
        hub: { channels: [{ name: 'opened' }] },
      }),
    );
  const key = { name: 'partner', apiKey: hush.partner, externalRefId: 'crm-1' };
  await send('POST', '/rest-apis/books/api-keys', { ...key, expiresAt: '2099-01-01T00:00:00Z' });
  await send('POST', '/llm-providers/vendor/api-keys', { ...key, name: 'inner', externalRefId: 'crm-2' });
  await send('POST', '/certificates', { name: 'CA of the backends', certificate: pem });
  await send('POST', '/subscriptions', {
    apiId: 'books',
    subscriptionToken: hush.reader,
    subscriptionPlanId: plan.id,
    applicationId: 'reader',
    billingSubscriptionId: 'bill-1',
  });
  gateway.clearCalls();
}

function restApis(
  document: (kind: string, name: string, spec: Json, metadata?: Json) => Json,
): readonly Json[] {
  const api = (name: string, more: Json = {}) => ({
    displayName: name,
    version: 'v1.0',
    context: `/${name}`,
    upstream: { main: { url: `http://${name}.example:8080` } },
    operations: [{ method: 'GET', path: `/${name}` }],
    ...more,
  });
  const headers = (value: string) => [
    {
      name: 'set-headers',
      version: 'v1',
      params: { request: { headers: [{ name: 'Authorization', value }] } },
    },
  ];
  return [
    document(
      'RestApi',
      'books',
      api('books', {
        context: '/books/$version',
        vhosts: { main: 'books.example' },
        subscriptionPlans: ['Gold Plan'],
        policies: headers(hush.header),
      }),
      {
        labels: { team: 'shelf' },
        annotations: { 'gateway.api-platform.wso2.com/artifact-id': '019d953f-d386-7a64-8444-1869a28292e0' },
      },
    ),
    document('RestApi', 'rendered', api('rendered', { policies: headers('{{ secret "token" }}') })),
    document('RestApi', 'quiet', api('quiet', { deploymentState: 'undeployed' })),
  ];
}

const template = { displayName: 'Own', promptTokens: { location: 'payload', identifier: '$.usage.in' } };

const auth = (value: string) => ({ type: 'api-key', header: 'Authorization', value });

const provider = {
  displayName: 'Vendor',
  version: 'v1.0',
  context: '/vendor',
  template: 'own',
  upstream: { url: 'https://vendor.example/v1', auth: auth(hush.vendor) },
  accessControl: { mode: 'allow_all' },
};

const proxy = {
  displayName: 'Assistant',
  version: 'v1.0',
  context: '/assistant',
  provider: { id: 'vendor' },
};

const tools = {
  displayName: 'Tools',
  version: 'v1.0',
  context: '/tools',
  upstream: { url: 'http://tools.example:3001', auth: auth(hush.tools) },
};
