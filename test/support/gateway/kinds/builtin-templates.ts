import type { Clock } from '../clock.ts';
import type { Api } from '../generation.ts';
import { apiVersionOf } from '../generation.ts';
import { uuid7 } from '../ids.ts';
import type { Store } from '../store/store.ts';
import type { JsonObject } from '../wire/json.ts';
import { llmProviderTemplate } from './llm-provider-template.ts';

/** `header x-name`, `path (pattern)` or a JSON path of the payload. */
function where(text: string): JsonObject {
  const [word = '', rest = ''] = text.split(/ (.*)/, 2);
  if (word === 'header') return { location: 'header', identifier: rest };
  if (word === 'path') return { location: 'pathParam', identifier: rest };
  return { location: 'payload', identifier: text };
}

function extracting(places: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(places).map(([name, place]) => [name, where(place)]));
}

const model = { requestModel: '$.model', responseModel: '$.model' };
const remainingTokens = 'header x-ratelimit-remaining-tokens';

const openAiLike = extracting({
  ...model,
  remainingTokens,
  promptTokens: '$.usage.prompt_tokens',
  completionTokens: '$.usage.completion_tokens',
  totalTokens: '$.usage.total_tokens',
});

const withResponses: JsonObject = {
  ...openAiLike,
  resourceMappings: {
    resources: [
      {
        resource: '/responses',
        ...extracting({ promptTokens: '$.usage.input_tokens', completionTokens: '$.usage.output_tokens' }),
      },
    ],
  },
};

const bedrockModel = 'path (?<=model/)[a-zA-Z0-9.:-]+(?=/)';

/** The templates that a gateway comes with, oldest first. */
const templates: readonly (readonly [handle: string, displayName: string, extraction: JsonObject])[] = [
  ['openai', 'OpenAI', withResponses],
  ['mistralai', 'MistralAI', openAiLike],
  [
    'gemini',
    'Gemini',
    extracting({
      remainingTokens,
      requestModel: String.raw`path (?<=models/)[a-zA-Z0-9.\-]+`,
      responseModel: '$.modelVersion',
      promptTokens: '$.usageMetadata.promptTokenCount',
      completionTokens: '$.usageMetadata.candidatesTokenCount',
      totalTokens: '$.usageMetadata.totalTokenCount',
    }),
  ],
  ['azureai-foundry', 'Azure AI Foundry', withResponses],
  ['azure-openai', 'Azure OpenAI', withResponses],
  [
    'anthropic',
    'Anthropic',
    extracting({
      ...model,
      remainingTokens: 'header anthropic-ratelimit-tokens-remaining',
      promptTokens: '$.usage.input_tokens',
      completionTokens: '$.usage.output_tokens',
    }),
  ],
  [
    'awsbedrock',
    'AWS Bedrock',
    extracting({
      requestModel: bedrockModel,
      responseModel: bedrockModel,
      promptTokens: '$.usage.inputTokens',
      completionTokens: '$.usage.outputTokens',
      totalTokens: '$.usage.totalTokens',
    }),
  ],
];

/** Puts the built-in templates into a store that is empty. They can be changed and deleted like any other. */
export function storeBuiltinTemplates(store: Store, clock: Clock, api: Api): void {
  for (const [handle, displayName, extraction] of templates) {
    const now = clock.now();
    const origin = api === 'v1' ? { groupId: `wso2-${handle}`, managedBy: 'wso2', version: 'v1.0' } : {};
    store.put({
      uuid: uuid7(),
      collection: llmProviderTemplate.collection,
      kind: llmProviderTemplate.kind,
      apiVersion: apiVersionOf(api),
      handle,
      metadata: { name: handle },
      spec: { displayName, ...extraction, ...origin },
      displayName,
      version: '',
      state: 'deployed',
      createdAt: now,
      updatedAt: now,
      deployedAt: now,
      refersTo: [],
    });
  }
}
