import type { Address } from '../model/derived.ts';
import { isTemplate } from '../model/expression.ts';
import { defineKind } from '../model/kind.ts';
import { advised, flag, integer, list, object, optional, text, type Static } from '../model/schema.ts';
import { inlineValue } from '../model/secret-source.ts';
import type { Violation } from '../model/violation.ts';
import { templatedEnvelope } from './envelope.ts';
import { resilience, resilienceFaults } from './duration.ts';
import { context, contextOf, deploymentState, displayName, titleOf, version, vhost } from './naming.ts';
import { unresolvedSecret } from './odd-answers.ts';
import { policy, policyFaults, usesOf } from './policy.ts';
import {
  addressesOf,
  auth,
  authFaults,
  definitionFaults,
  plainCredentials,
  templatedAddresses,
  strictDefinitionFaults,
  upstreamDefinitions,
  upstreamFaults,
  upstreamFields,
} from './upstream.ts';
import { vhostDefault } from './vhosts.ts';

const specVersions = ['2025-06-18', '2025-11-25'];

/** A text that the management API's document wants and gateways do without. */
const wanted = (description: string) => optional(text(description));

const schema = object('A Model Context Protocol server behind the gateway.', {
  displayName,
  version,
  context: optional(context),
  specVersion: optional(text('Version of the protocol.')),
  vhost: optional(vhost),
  upstreamDefinitions: optional(upstreamDefinitions),
  upstream: object('The server: exactly one of url and ref.', {
    ...upstreamFields,
    auth: optional(auth(undefined)),
  }),
  policies: optional(list('Policies.', policy)),
  tools: optional(
    list(
      'Tools.',
      advised(
        object('A tool.', {
          name: wanted('Its name.'),
          title: wanted('Its title.'),
          description: wanted('What it does.'),
          inputSchema: wanted('JSON Schema of its input, as text.'),
          outputSchema: wanted('JSON Schema of its output, as text.'),
        }),
        { required: ['name', 'description', 'inputSchema'] },
      ),
    ),
  ),
  resources: optional(
    list(
      'Resources.',
      advised(
        object('A resource.', {
          uri: wanted('Its URI.'),
          name: wanted('Its name.'),
          title: wanted('Its title.'),
          description: wanted('What it is.'),
          mimeType: wanted('Its media type.'),
          size: optional(integer('Its size in bytes.')),
        }),
        { required: ['uri', 'name'] },
      ),
    ),
  ),
  prompts: optional(
    list(
      'Prompts.',
      advised(
        object('A prompt.', {
          name: wanted('Its name.'),
          title: wanted('Its title.'),
          description: wanted('What it is for.'),
          arguments: optional(
            list(
              'Arguments.',
              advised(
                object('An argument.', {
                  name: wanted('Its name.'),
                  title: wanted('Its title.'),
                  description: wanted('What it means.'),
                  required: optional(flag('Whether it must be given.')),
                }),
                { required: ['name'] },
              ),
            ),
          ),
        }),
        { required: ['name'] },
      ),
    ),
  ),
  deploymentState: optional(deploymentState),
  resilience: optional(resilience),
});

type Spec = Static<typeof schema>;

export const mcp = defineKind({
  kind: 'Mcp',
  plural: 'mcps',
  shortNames: ['mcp'],
  description: 'An MCP server that gateways expose.',
  columns: [
    { name: 'Context', type: 'string', jsonPath: '.spec.context' },
    { name: 'Version', type: 'string', jsonPath: '.spec.version' },
  ],
  collection: { path: '/mcp-proxies', listKey: 'mcpProxies', generations: ['v0.9', 'v1'], getOne: true },
  // The gateway makes one of it and shows that in its stead (measured).
  liveAs: 'RestApi',
  identity: { is: 'handle' },
  update: { by: 'put' },
  wire: templatedEnvelope('Mcp'),
  schema,
  secrets: ['upstream.auth.value'],
  rules: [
    {
      check: ({ spec }) => [
        ...addressFaults(spec),
        ...upstreamFaults('spec.upstream', spec.upstream, spec.upstreamDefinitions),
        ...definitionFaults(spec.upstreamDefinitions),
        ...authFaults('spec.upstream.auth', spec.upstream.auth, []),
        ...bearerFaults(spec),
        ...policyFaults('spec.policies', spec.policies),
      ],
    },
    {
      admissionOnly: true,
      check: ({ spec }) => templatedAddresses(upstreamsOf(spec)),
    },
    { warns: true, check: ({ spec }) => plainCredentials('spec.upstream', spec.upstream) },
    {
      generations: ['v1'],
      check: ({ spec }) => [
        ...strictDefinitionFaults(spec.upstreamDefinitions),
        ...resilienceFaults('spec.resilience', spec.resilience),
      ],
    },
  ],
  oddAnswers: [unresolvedSecret],
  references: () => [],
  title: titleOf,
  routes: (spec) => [
    { context: contextOf(spec.context ?? '/', spec.version), vhost: spec.vhost ?? vhostDefault.main },
  ],
  upstreams: upstreamsOf,
  operations: (spec) => [
    { path: 'spec', method: '*', route: '*', policies: (spec.policies ?? []).map((_, index) => index) },
  ],
  policies: (spec) => usesOf('spec.policies', spec.policies),
  fieldsOf: [
    { pattern: 'resilience', generations: ['v1'] },
    { pattern: 'upstreamDefinitions', generations: ['v1'] },
    { pattern: 'upstream.ref', generations: ['v1'] },
  ],
  defaults: [],
});

function upstreamsOf(spec: Spec): readonly Address[] {
  return addressesOf({ 'spec.upstream': spec.upstream }, spec.upstreamDefinitions);
}

function addressFaults(spec: Spec): readonly Violation[] {
  const faults: Violation[] = [];
  if (spec.context === undefined && spec.vhost === undefined) {
    faults.push({ path: 'spec.context', fault: 'is required', remedy: 'give a context, a vhost or both' });
  }
  const { specVersion } = spec;
  if (
    specVersion !== undefined &&
    specVersion !== '' &&
    !isTemplate(specVersion) &&
    !specVersions.includes(specVersion)
  ) {
    faults.push({
      path: 'spec.specVersion',
      fault: `must be one of ${specVersions.join(', ')}`,
      value: specVersion,
    });
  }
  return faults;
}

/** A bearer credential carries its scheme; where it comes from a Secret, the webhook looks there. */
function bearerFaults(spec: Spec): readonly Violation[] {
  const given = spec.upstream.auth;
  if (given?.type !== 'bearer' || given.value === undefined) return [];
  const value = inlineValue(given.value);
  if (value === undefined || value === '' || isTemplate(value) || /^[Bb]earer /.test(value)) return [];
  return [{ path: 'spec.upstream.auth.value', fault: 'must start with "Bearer " for a bearer credential' }];
}
