import type { Json, JsonObject } from '../wire/json.ts';
import { listOf, objectsOf, textOf } from '../wire/json.ts';
import { isSubdomain } from './envelope.ts';
import { checkPathPolicies, checkPolicies } from './policies.ts';
import type { Rulebook, Violation } from './violation.ts';
import { checkLlmAuth } from './credentials.ts';

/** Which methods an exception names is not looked at, nor whether its path is absolute. */
export function checkAccessControl(accessControl: JsonObject): readonly Violation[] {
  const field = 'spec.accessControl';
  if (!['allow_all', 'deny_all'].includes(textOf(accessControl.mode))) {
    const message = "Access control mode must be either 'allow_all' or 'deny_all'";
    return [{ field: `${field}.mode`, message }];
  }
  return objectsOf(accessControl.exceptions).flatMap((exception, index) => {
    const at = `${field}.exceptions[${index}]`;
    const found: Violation[] = [];
    if (textOf(exception.path) === '')
      found.push({ field: `${at}.path`, message: 'Exception path is required' });
    if (listOf(exception.methods).length === 0) {
      found.push({ field: `${at}.methods`, message: 'At least one method is required' });
    }
    return found;
  });
}

/** Generation 0.9 knows only the list that generation 1 deprecates, and looks at nothing in it. */
export function checkLlmPolicies(spec: JsonObject, rules: Rulebook): readonly Violation[] {
  const newer = listOf(spec.globalPolicies).length + listOf(spec.operationPolicies).length;
  const both = listOf(spec.policies).length > 0 && newer > 0;
  const mixed = "'policies' cannot be combined with 'globalPolicies' or 'operationPolicies'";
  return [
    ...(both ? [{ field: 'spec.policies', message: mixed }] : []),
    ...checkPathPolicies(spec.policies, 'spec.policies', rules, 'free'),
    ...checkPolicies(spec.globalPolicies, 'spec.globalPolicies', rules),
    ...checkPathPolicies(spec.operationPolicies, 'spec.operationPolicies', rules, 'checked'),
  ];
}

export function checkProviderId(id: string, field: string): readonly Violation[] {
  if (id === '') return [{ field, message: 'Provider id is required' }];
  return isSubdomain(id) ? [] : [{ field, message: 'Provider id must be a valid RFC 1123 subdomain' }];
}

/** The further providers of an LlmProxy, which generation 1 knows. Each is called by its `as`, or else by its id. */
export function checkAdditionalProviders(value: Json | undefined, rules: Rulebook): readonly Violation[] {
  const seen = new Set<string>();
  return objectsOf(value).flatMap((provider, index) => {
    const at = `spec.additionalProviders[${index}]`;
    const [id, alias] = [textOf(provider.id), textOf(provider.as)];
    const name = alias === '' ? id : alias;
    const repeated = seen.has(name);
    seen.add(name);
    return [
      ...checkProviderId(id, `${at}.id`),
      ...(provider.as === undefined || /^[a-zA-Z0-9\-_]{1,100}$/.test(alias)
        ? []
        : [{ field: `${at}.as`, message: 'Alias must be 1-100 letters, digits, hyphens or underscores' }]),
      ...(repeated ? [{ field: at, message: `Duplicate provider '${name}'` }] : []),
      ...checkLlmAuth(provider.auth, `${at}.auth`, rules),
      ...checkTransformer(provider.transformer, `${at}.transformer`),
    ];
  });
}

function checkTransformer(value: Json | undefined, field: string): readonly Violation[] {
  if (value === undefined) return [];
  const [transformer] = objectsOf([value]);
  return textOf(transformer?.type) === ''
    ? [{ field: `${field}.type`, message: 'Transformer type is required' }]
    : [];
}
