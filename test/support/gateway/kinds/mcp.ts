import { checkResilience } from '../rules/durations.ts';
import { checkLabels, checkName, checkType } from '../rules/envelope.ts';
import { checkMcpAuth } from '../rules/credentials.ts';
import { checkPolicies } from '../rules/policies.ts';
import { checkContext, checkDisplayName, checkVersion } from '../rules/texts.ts';
import { checkServiceUpstream, checkUpstreamDefinitions } from '../rules/upstreams.ts';
import type { Rulebook, Violation } from '../rules/violation.ts';
import type { JsonObject } from '../wire/json.ts';
import { objectOf, textOf } from '../wire/json.ts';
import { problem } from '../wire/reply.ts';
import type { Shape } from '../wire/shape.ts';
import { generatedApi } from './generated.ts';
import type { EnvelopeKind } from './kind.ts';
import { refuseNumbered } from './refusals.ts';
import * as shapes from './shapes.ts';

const specVersions = ['2025-06-18', '2025-11-25'];

const tool: Shape = {
  fields: {
    name: 'string',
    title: 'string',
    description: 'string',
    inputSchema: 'string',
    outputSchema: 'string',
  },
};
const resource: Shape = {
  fields: {
    uri: 'string',
    name: 'string',
    title: 'string',
    description: 'string',
    mimeType: 'string',
    size: 'integer',
  },
};
const argument: Shape = {
  fields: { name: 'string', title: 'string', description: 'string', required: 'boolean' },
};
const prompt: Shape = {
  fields: { name: 'string', title: 'string', description: 'string', arguments: { list: argument } },
};

export const mcp: EnvelopeKind = {
  kind: 'Mcp',
  collection: 'mcp-proxies',
  listKey: 'mcpProxies',
  deployable: true,
  filters: ['displayName', 'version', 'context', 'status'],
  shape: (api) =>
    shapes.envelope({
      ...shapes.common,
      ...shapes.newer(api, {
        resilience: shapes.resilience,
        upstreamDefinitions: shapes.upstreamDefinitions,
      }),
      specVersion: 'string',
      vhost: 'string',
      upstream: shapes.authenticatedUpstream,
      policies: shapes.policies,
      tools: { list: tool },
      resources: { list: resource },
      prompts: { list: prompt },
    }),
  validate,
  refuse: refuseNumbered('configuration validation failed with'),
  says: {
    unreadable: 'failed to parse configuration',
    deleted: 'MCP proxy configuration deleted successfully',
    absent: (handle, method) =>
      problem(404, `MCP ${method === 'PUT' ? '' : 'proxy '}configuration with handle '${handle}' not found`),
    taken: 'configuration',
  },
  conflictStatus: 409,
  rename: 'allowed',
  uniqueVersion: true,
  credentials: (spec) => new Map([['upstream', objectOf(objectOf(spec.upstream).auth)]]),
  undeployable: true,
  keepsDeployedAt: false,
  putTellsCreation: false,
  generated: (entry, rendered) => generatedApi(entry, rendered, { name: entry.handle }),
};

function validate(document: JsonObject, rules: Rulebook): readonly Violation[] {
  const spec = objectOf(document.spec);
  return [
    ...checkType(document, 'Mcp', rules),
    ...checkDisplayName(textOf(spec.displayName), 'API'),
    ...checkVersion(textOf(spec.version), 'API'),
    ...checkSpecVersion(textOf(spec.specVersion)),
    ...checkPlace(textOf(spec.context), textOf(spec.vhost)),
    ...checkUpstreamDefinitions(spec.upstreamDefinitions, rules),
    ...checkServiceUpstream(spec, rules),
    ...checkMcpAuth(objectOf(spec.upstream).auth),
    ...checkPolicies(spec.policies, 'spec.policies', rules),
    ...checkResilience(spec.resilience, 'spec.resilience'),
    ...checkName(document),
    ...checkLabels(document),
  ];
}

function checkSpecVersion(version: string): readonly Violation[] {
  if (version === '' || specVersions.includes(version)) return [];
  const message = `Unsupported MCP spec version (supported versions: ${specVersions.join(', ')})`;
  return [{ field: 'spec.specVersion', message }];
}

function checkPlace(context: string, vhost: string): readonly Violation[] {
  if (context !== '') return checkContext(context);
  return vhost === ''
    ? [{ field: 'spec.context', message: 'Either context or vhost must be specified' }]
    : [];
}
