import type { Api } from '../generation.ts';
import type { EnvelopeKind } from './kind.ts';
import { llmProvider } from './llm-provider.ts';
import { llmProviderTemplate } from './llm-provider-template.ts';
import { llmProxy } from './llm-proxy.ts';
import { mcp } from './mcp.ts';
import { restApi } from './rest-api.ts';
import { webSubApi } from './web-sub-api.ts';

/** The kinds of a generation that come in envelopes; Secrets are apart. */
export function kindsOf(api: Api): readonly EnvelopeKind[] {
  const both = [restApi, mcp, llmProviderTemplate, llmProvider, llmProxy];
  return api === 'v1' ? both : [...both, webSubApi];
}
