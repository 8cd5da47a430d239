import type { Api } from '../../support/gateway/generation.ts';
import { apiVersionOf } from '../../support/gateway/generation.ts';
import type { JsonObject } from '../../support/gateway/wire/json.ts';

/** A valid document of an envelope kind, all alone in its collection if its name is. */
export function document(kind: Kind, name: string, api: Api, spec: JsonObject = {}): JsonObject {
  const valid = { displayName: name, ...specs[kind](name), ...spec };
  return { apiVersion: apiVersionOf(api), kind, metadata: { name }, spec: valid };
}

export type Kind =
  'RestApi' | 'WebSubApi' | 'Mcp' | 'LlmProviderTemplate' | 'LlmProvider' | 'LlmProxy' | 'Secret';

export const collections: Readonly<Record<Kind, string>> = {
  RestApi: '/rest-apis',
  WebSubApi: '/websub-apis',
  Mcp: '/mcp-proxies',
  LlmProviderTemplate: '/llm-provider-templates',
  LlmProvider: '/llm-providers',
  LlmProxy: '/llm-proxies',
  Secret: '/secrets',
};

const specs: Readonly<Record<Kind, (name: string) => JsonObject>> = {
  RestApi: (name) => ({
    version: 'v1.0',
    context: `/${name}`,
    upstream: { main: { url: 'http://upstream.example:8080/base' } },
    operations: [{ method: 'GET', path: '/books' }],
  }),
  WebSubApi: (name) => ({ version: 'v1.0', context: `/${name}`, hub: { channels: [{ name: 'news' }] } }),
  Mcp: (name) => ({
    version: 'v1.0',
    context: `/${name}`,
    specVersion: '2025-06-18',
    upstream: { url: 'http://upstream.example' },
  }),
  LlmProviderTemplate: () => ({ promptTokens: { location: 'payload', identifier: '$.usage.prompt' } }),
  LlmProvider: (name) => ({
    version: 'v1.0',
    context: `/${name}`,
    template: 'openai',
    upstream: {
      url: 'https://model.example/v1',
      auth: { type: 'api-key', header: 'Authorization', value: 'Bearer key' },
    },
    accessControl: { mode: 'allow_all' },
  }),
  /** Stands before a provider that is called `model`. */
  LlmProxy: (name) => ({ version: 'v1.0', context: `/${name}`, provider: { id: 'model' } }),
  Secret: () => ({ value: 'hush' }),
};
