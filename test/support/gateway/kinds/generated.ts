import type { Entry } from '../store/entry.ts';
import type { JsonObject } from '../wire/json.ts';
import { compact, objectOf } from '../wire/json.ts';

/**
 * The RestApi that a gateway makes of an LlmProvider, LlmProxy or Mcp and shows in its dump in their stead.
 * Only what tells them apart is made; the credential is in clear, as in 1.1.0.
 */
export function generatedApi(entry: Entry, rendered: JsonObject, metadata: JsonObject): JsonObject {
  const upstream = objectOf(rendered.upstream);
  const auth = objectOf(upstream.auth);
  const credential: JsonObject = { name: auth.header ?? '', value: auth.value ?? '' };
  return {
    apiVersion: entry.apiVersion,
    kind: 'RestApi',
    metadata,
    spec: compact({
      displayName: rendered.displayName,
      version: rendered.version ?? 'v1.0',
      context: rendered.context ?? '/',
      upstream: { main: { url: upstream.url ?? '' } },
      operations: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'].map((method) => ({ method, path: '/*' })),
      policies:
        auth.value === undefined
          ? undefined
          : [{ name: 'set-headers', version: 'v1', params: { request: { headers: [credential] } } }],
    }),
  };
}
