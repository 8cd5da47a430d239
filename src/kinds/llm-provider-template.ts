import { isTemplate } from '../model/expression.ts';
import { defineKind } from '../model/kind.ts';
import { advised, list, object, oneOf, optional, text, type Static } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';
import { templatedEnvelope } from './envelope.ts';
import { unresolvedSecret } from './odd-answers.ts';

const extraction = object('Where a figure stands.', {
  location: oneOf('In which part.', ['payload', 'header', 'queryParam', 'pathParam']),
  identifier: text('Which: a JSON path, a header, a parameter.', { minLength: 1 }),
});

const extractions = {
  promptTokens: optional(extraction),
  completionTokens: optional(extraction),
  totalTokens: optional(extraction),
  remainingTokens: optional(extraction),
  requestModel: optional(extraction),
  responseModel: optional(extraction),
};

const schema = object('How requests and answers of an LLM vendor are read.', {
  displayName: text('Name for people.', { minLength: 1, maxLength: 253 }),
  groupId: optional(advised(text('Group of templates. Generation 1 only.'), { maxLength: 40 })),
  managedBy: optional(advised(text('Who keeps it. Generation 1 only.'), { maxLength: 255 })),
  version: optional(advised(text('Version of the template. Generation 1 only.'), { maxLength: 30 })),
  ...extractions,
  resourceMappings: optional(
    object('Exceptions by resource.', {
      resources: optional(
        list(
          'Resources.',
          object('A resource.', { resource: text('Its path.', { minLength: 1 }), ...extractions }),
          { minItems: 1 },
        ),
      ),
    }),
  ),
});

type Spec = Static<typeof schema>;

/** As the gateway writes its own rule for resources: absolute, segments of names, `*` or `{name}`. */
const resourcePath = /^(?:\/(?:[A-Za-z0-9._~-]+|\*|\{[A-Za-z0-9._~-]+\}))+$/;

export const llmProviderTemplate = defineKind({
  kind: 'LlmProviderTemplate',
  plural: 'llmprovidertemplates',
  shortNames: ['llmpt'],
  description: 'How requests and answers of an LLM vendor are read.',
  columns: [{ name: 'Display', type: 'string', jsonPath: '.spec.displayName' }],
  collection: {
    path: '/llm-provider-templates',
    listKey: 'templates',
    generations: ['v0.9', 'v1'],
    getOne: true,
  },
  identity: { is: 'handle' },
  update: { by: 'put' },
  wire: templatedEnvelope('LlmProviderTemplate'),
  schema,
  secrets: [],
  rules: [{ check: ({ spec }) => resourceFaults(spec) }],
  oddAnswers: [unresolvedSecret],
  references: () => [],
  fieldsOf: ['groupId', 'managedBy', 'version'].map((pattern) => ({ pattern, generations: ['v1'] as const })),
  defaults: [
    { path: 'groupId', generations: ['v1'], value: ({ name }) => name },
    { path: 'managedBy', generations: ['v1'], value: () => 'organization' },
    { path: 'version', generations: ['v1'], value: () => 'v1.0' },
  ],
  builtIn: ['anthropic', 'awsbedrock', 'azureai-foundry', 'azure-openai', 'gemini', 'mistralai', 'openai'],
});

function resourceFaults(spec: Spec): readonly Violation[] {
  return (spec.resourceMappings?.resources ?? []).flatMap(({ resource }, index) =>
    isTemplate(resource) || resourcePath.test(resource)
      ? []
      : [
          {
            path: `spec.resourceMappings.resources[${index}].resource`,
            fault: 'must be a path of names, * or {name}',
            value: resource,
            remedy: 'write it as /chat/{id}',
          },
        ],
  );
}
