import { checkDnsName, checkType } from '../rules/envelope.ts';
import { checkTemplate } from '../rules/extraction.ts';
import type { Rulebook, Violation } from '../rules/violation.ts';
import { numbered } from '../rules/violation.ts';
import type { JsonObject } from '../wire/json.ts';
import { objectOf, textOf } from '../wire/json.ts';
import { problem } from '../wire/reply.ts';
import type { Shape } from '../wire/shape.ts';
import type { EnvelopeKind } from './kind.ts';
import * as shapes from './shapes.ts';

const identifier: Shape = { fields: { location: 'string', identifier: 'string' } };

/** What a template can tell how to extract; a resource mapping can tell it for one resource. */
const identifiers: Readonly<Record<string, Shape>> = {
  promptTokens: identifier,
  completionTokens: identifier,
  totalTokens: identifier,
  remainingTokens: identifier,
  requestModel: identifier,
  responseModel: identifier,
};

export const llmProviderTemplate: EnvelopeKind = {
  kind: 'LlmProviderTemplate',
  collection: 'llm-provider-templates',
  listKey: 'templates',
  deployable: false,
  filters: ['displayName'],
  shape: (api) =>
    shapes.envelope({
      displayName: 'string',
      ...identifiers,
      ...shapes.newer(api, { groupId: 'string', managedBy: 'string', version: 'string' }),
      resourceMappings: {
        fields: { resources: { list: { fields: { resource: 'string', ...identifiers } } } },
      },
    }),
  validate,
  refuse: (violations) => invalid(numbered(violations)),
  says: {
    unreadable: 'failed to parse template configuration',
    deleted: 'LLM provider template deleted successfully',
    absent: (handle) => problem(404, `Template with id '${handle}' not found`),
    taken: 'template',
  },
  conflictStatus: 409,
  rename: (path, name) => {
    return invalid(`cannot change template handle from '${path}' to '${name}'; use create/delete instead`);
  },
  uniqueVersion: false,
  complete: (spec, handle, _write, api) =>
    api === 'v1' ? { groupId: handle, managedBy: 'organization', version: 'v1.0', ...spec } : spec,
  refuseChange(stored, spec) {
    if (stored.groupId === spec.groupId) return undefined;
    const [from, to] = [textOf(stored.groupId), textOf(spec.groupId)];
    return invalid(`cannot change template groupId from '${from}' to '${to}'; groupId is immutable`);
  },
  undeployable: false,
  keepsDeployedAt: false,
  putTellsCreation: true,
};

function invalid(what: string): ReturnType<typeof problem> {
  return problem(400, `template configuration invalid: ${what}`);
}

function validate(document: JsonObject, rules: Rulebook): readonly Violation[] {
  return [
    ...checkType(document, 'LlmProviderTemplate', rules),
    ...checkDnsName(document),
    ...checkTemplate(objectOf(document.spec), Object.keys(identifiers)),
  ];
}
