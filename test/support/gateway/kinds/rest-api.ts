import { checkLabels, checkName, checkType } from '../rules/envelope.ts';
import { checkResilience } from '../rules/durations.ts';
import { checkOperations } from '../rules/operations.ts';
import { checkPolicies } from '../rules/policies.ts';
import { checkContext, checkDisplayName, checkVersion } from '../rules/texts.ts';
import { checkUpstream, checkUpstreamDefinitions } from '../rules/upstreams.ts';
import type { Rulebook, Violation } from '../rules/violation.ts';
import type { JsonObject } from '../wire/json.ts';
import { objectOf, textOf } from '../wire/json.ts';
import { problem } from '../wire/reply.ts';
import type { Shape } from '../wire/shape.ts';
import type { EnvelopeKind } from './kind.ts';
import { refuseWithList } from './refusals.ts';
import * as shapes from './shapes.ts';

/** What a document without vhosts gets: the gateway's configured defaults. */
export const defaultVhosts: JsonObject = { main: '*', sandbox: 'sandbox-*' };

const match: Shape = {
  fields: {
    method: 'string',
    path: { fields: { value: 'string', type: 'string' } },
    headers: { list: { fields: { name: 'string', value: 'string', type: 'string' } } },
  },
};

export const restApi: EnvelopeKind = {
  kind: 'RestApi',
  collection: 'rest-apis',
  listKey: 'apis',
  deployable: true,
  filters: ['displayName', 'version', 'context', 'status'],
  shape: (api) =>
    shapes.envelope({
      ...shapes.common,
      ...shapes.newer(api, { resilience: shapes.resilience }),
      upstream: { fields: { main: shapes.upstream, sandbox: shapes.upstream } },
      upstreamDefinitions: shapes.upstreamDefinitions,
      vhosts: shapes.vhosts,
      subscriptionPlans: shapes.texts,
      policies: shapes.policies,
      operations: {
        list: {
          fields: {
            method: 'string',
            path: 'string',
            policies: shapes.policies,
            ...shapes.newer(api, { match, resilience: shapes.resilience }),
          },
        },
      },
    }),
  validate,
  refuse: refuseWithList,
  says: {
    unreadable: 'failed to parse configuration',
    deleted: 'RestAPI deleted successfully',
    absent: (handle) => problem(404, `RestAPI with handle '${handle}' not found`),
    taken: 'configuration',
  },
  conflictStatus: 409,
  rename: (path, name) =>
    problem(400, `handle mismatch: path has '${path}' but YAML metadata.name has '${name}'`),
  uniqueVersion: true,
  complete: (spec, _handle, write) => (write === 'POST' ? { vhosts: defaultVhosts, ...spec } : spec),
  undeployable: true,
  keepsDeployedAt: true,
  putTellsCreation: true,
  listed: (spec) => ({ ...spec, context: textOf(spec.context).replaceAll('$version', textOf(spec.version)) }),
};

function validate(document: JsonObject, rules: Rulebook): readonly Violation[] {
  const spec = objectOf(document.spec);
  const upstream = objectOf(spec.upstream);
  return [
    ...checkType(document, 'RestApi', rules),
    ...checkDisplayName(textOf(spec.displayName), 'API'),
    ...checkVersion(textOf(spec.version), 'API'),
    ...checkContext(textOf(spec.context)),
    ...checkUpstreamDefinitions(spec.upstreamDefinitions, rules),
    ...checkUpstream(objectOf(upstream.main), spec.upstreamDefinitions, 'spec.upstream.main'),
    ...(upstream.sandbox === undefined
      ? []
      : checkUpstream(objectOf(upstream.sandbox), spec.upstreamDefinitions, 'spec.upstream.sandbox')),
    ...checkOperations(spec.operations, rules),
    ...checkPolicies(spec.policies, 'spec.policies', rules),
    ...checkResilience(spec.resilience, 'spec.resilience'),
    ...checkName(document),
    ...checkLabels(document),
  ];
}
