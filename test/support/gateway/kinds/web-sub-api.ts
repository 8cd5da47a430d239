import { checkLabels, checkName, checkType } from '../rules/envelope.ts';
import { checkContext, checkDisplayName, checkVersion } from '../rules/texts.ts';
import type { Rulebook, Violation } from '../rules/violation.ts';
import type { Json, JsonObject } from '../wire/json.ts';
import { objectOf, objectsOf, textOf } from '../wire/json.ts';
import { problem } from '../wire/reply.ts';
import type { Shape } from '../wire/shape.ts';
import type { EnvelopeKind } from './kind.ts';
import { defaultVhosts } from './rest-api.ts';
import * as shapes from './shapes.ts';

const withPolicies: Shape = { fields: { policies: shapes.policies } };

/** Only generation 0.9 has this kind. Its policies are never looked at. */
export const webSubApi: EnvelopeKind = {
  kind: 'WebSubApi',
  collection: 'websub-apis',
  listKey: 'websubApis',
  deployable: true,
  filters: ['displayName', 'version', 'context', 'status'],
  shape: () =>
    shapes.envelope({
      ...shapes.common,
      vhosts: shapes.vhosts,
      receiver: withPolicies,
      delivery: withPolicies,
      hub: {
        fields: {
          policies: shapes.policies,
          channels: { list: { fields: { name: 'string', policies: shapes.policies } } },
        },
      },
    }),
  validate,
  refuse: (violations) => problem(400, `configuration validation failed with ${violations.length} errors`),
  says: {
    unreadable: 'failed to parse configuration',
    deleted: 'WebSub API configuration deleted successfully',
    absent: (handle) => problem(404, `WebSub API configuration with handle '${handle}' not found`),
    taken: 'configuration',
  },
  conflictStatus: 409,
  rename: 'allowed',
  uniqueVersion: true,
  complete: (spec) => ({ vhosts: defaultVhosts, ...spec }),
  undeployable: false,
  keepsDeployedAt: false,
  putTellsCreation: false,
};

function validate(document: JsonObject, rules: Rulebook): readonly Violation[] {
  const spec = objectOf(document.spec);
  return [
    ...checkType(document, 'WebSubApi', rules),
    ...checkDisplayName(textOf(spec.displayName), 'API'),
    ...checkVersion(textOf(spec.version), 'API'),
    ...checkContext(textOf(spec.context)),
    ...checkChannels(objectOf(spec.hub).channels),
    ...checkName(document),
    ...checkLabels(document),
  ];
}

function checkChannels(value: Json | undefined): readonly Violation[] {
  const channels = objectsOf(value);
  if (channels.length === 0)
    return [{ field: 'spec.hub.channels', message: 'At least one channel is required' }];
  return channels.flatMap((channel, index) => {
    const field = `spec.hub.channels[${index}].name`;
    const name = textOf(channel.name);
    if (name === '') return [{ field, message: 'Channel name is required' }];
    return /[{}]/.test(name) ? [{ field, message: 'Channel name must not contain braces' }] : [];
  });
}
