import { reviewGroup } from '../kinds/review-policy.ts';
import { group } from '../model/generation.ts';
import { operatorLease } from '../model/platform-operator.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/**
 * Where rules hold. `resources`: wherever resources are watched, so everywhere or in certain namespaces. `cluster`: what
 * is of no namespace, or has to be looked for in all. `own`: in the namespace of Portcullis alone.
 */
export type Scope = 'resources' | 'cluster' | 'own';

/**
 * When rules are needed. `elsewhere`: the namespaces that are watched are named, and Portcullis's own is not among them.
 * `createsNoSecrets`: nothing else lets the controller create a Secret in its own namespace. `noPolicyReports`: those of
 * before are to go.
 */
export type Condition =
  | 'always'
  | 'elsewhere'
  | 'createsNoSecrets'
  | 'generatedKeys'
  | 'policyReports'
  | 'noPolicyReports'
  | 'reviewedMetrics'
  | 'selfSigned'
  | 'certificateInSecret'
  | 'deletesResources';

/** `uninstall` runs once, while a release goes. */
export type Process = 'webhook' | 'controller' | 'uninstall';

export interface Grant {
  readonly process: Process;
  readonly scope: Scope;
  readonly when: Condition;
  readonly rules: readonly Rule[];
}

export interface Plurals {
  readonly rows: readonly string[];
  /** Those of the rows that refer to others or are referred to. */
  readonly related: readonly string[];
  readonly gateway: string;
  /** Of a group of its own, and of no namespace. */
  readonly policy: string;
}

export interface Names {
  /** Of both webhook configurations. */
  readonly configuration: string;
  /** Of the Secret that keeps the certificate of the webhook. */
  readonly certificateSecret: string;
  readonly controllerDeployment: string;
  /** Of the ConfigMap that keeps the packs of review policies. */
  readonly packs: string;
  /** Of every policy of a pack. */
  readonly packPolicies: readonly string[];
}

const rule = (
  apiGroup: string,
  resources: readonly string[],
  verbs: readonly string[],
  resourceNames?: readonly string[],
): Rule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
  ...(resourceNames === undefined ? {} : { resourceNames }),
});

const grantTo =
  (process: Process) =>
  (scope: Scope, when: Condition, ...rules: readonly Rule[]): Grant => ({ process, scope, when, rules });

const configurations = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'];

/** The Leases of the controller, for any number of shards: replicas with an old number and a new one meet in a rollout. */
const leases = (() => {
  const stem = 'portcullis-controller';
  return [stem, ...Array.from({ length: 64 }, (_, shard) => `${stem}-${shard}`)];
})();

const createEvents = rule('events.k8s.io', ['events'], ['create', 'patch']);
const reviewAccess = rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']);
const reviewTokens = rule('authentication.k8s.io', ['tokenreviews'], ['create']);

/** The one report of a namespace. */
const reports = (verbs: readonly string[]) =>
  rule('wgpolicyk8s.io', ['policyreports'], verbs, ['portcullis']);

/**
 * What each process asks the API server for, and nothing else. A list or watch of one name is asked for with a field
 * selector, which the API server takes for the name; `create` can be limited to no name, unless it is an apply that creates.
 */
export function grants(names: Names, plurals: Plurals): readonly Grant[] {
  const { rows, gateway } = plurals;
  const kinds = [...rows, gateway];
  return [
    ...webhookGrants(names, plurals),
    ...controllerGrants(names, kinds, plurals.policy),
    ...uninstallGrants(names, kinds, plurals.policy),
  ];
}

function webhookGrants(names: Names, { rows, related, gateway, policy }: Plurals): readonly Grant[] {
  const grant = grantTo('webhook');
  const certificate = (verbs: readonly string[]) => rule('', ['secrets'], verbs, [names.certificateSecret]);
  return [
    grant(
      'resources',
      'always',
      rule(group, [...rows, gateway], ['list', 'watch']),
      // What is referred to, and what refers, is looked for once more before it is said to be absent or there.
      rule(group, related, ['get']),
      // What a spec names, once the author is known to be allowed to read it.
      rule('', ['secrets', 'configmaps'], ['get']),
    ),
    grant(
      'cluster',
      'always',
      rule('', ['namespaces'], ['get', 'list', 'watch']),
      rule(reviewGroup, [policy], ['list', 'watch']),
      reviewAccess,
      rule('admissionregistration.k8s.io', configurations, ['list', 'watch', 'patch'], [names.configuration]),
    ),
    grant('cluster', 'reviewedMetrics', reviewTokens),
    // What the gateways have loaded.
    grant('own', 'always', rule('', ['configmaps'], ['list', 'watch'])),
    grant('own', 'certificateInSecret', certificate(['list', 'watch']), createEvents),
    grant('own', 'elsewhere', certificate(['get'])),
    grant('own', 'selfSigned', certificate(['update']), rule('', ['secrets'], ['create'])),
  ];
}

function controllerGrants(names: Names, kinds: readonly string[], policy: string): readonly Grant[] {
  const grant = grantTo('controller');
  const statuses = kinds.map((plural) => `${plural}/status`);
  return [
    grant(
      'resources',
      'always',
      rule(group, kinds, ['list', 'watch']),
      rule(group, statuses, ['patch']),
      rule('', ['secrets', 'configmaps'], ['get']),
      rule('', ['services'], ['list']),
      createEvents,
    ),
    grant('resources', 'policyReports', reports(['list', 'watch', 'create', 'patch', 'delete'])),
    grant('resources', 'noPolicyReports', reports(['list', 'delete'])),
    grant('resources', 'generatedKeys', rule('', ['secrets'], ['create', 'patch'])),
    grant(
      'cluster',
      'always',
      // The finalizer and the label of what is in use. A namespace that goes loses its own roles before its resources.
      rule(group, kinds, ['patch']),
      rule('', ['namespaces'], ['list', 'watch']),
      // Its uid is the cluster's.
      rule('', ['namespaces'], ['get'], ['kube-system']),
      rule(reviewGroup, [policy], ['list', 'watch']),
      rule(reviewGroup, [`${policy}/status`], ['patch']),
      rule(reviewGroup, [policy], ['create', 'patch', 'delete'], names.packPolicies),
      // Whether the platform's own operator works, wherever it is.
      rule('coordination.k8s.io', ['leases'], ['list'], [operatorLease]),
    ),
    grant('cluster', 'reviewedMetrics', reviewTokens, reviewAccess),
    grant(
      'own',
      'always',
      // What gateways have loaded, under names that are made of theirs, and what was left behind.
      rule('', ['configmaps'], ['list', 'create', 'patch', 'delete']),
      rule('', ['configmaps'], ['watch'], [names.packs]),
      rule('coordination.k8s.io', ['leases'], ['create']),
      rule('coordination.k8s.io', ['leases'], ['get', 'update'], leases),
    ),
    grant(
      'own',
      'elsewhere',
      rule('', ['secrets'], ['get'], ['portcullis-fingerprint-key']),
      rule('', ['configmaps'], ['get']),
    ),
    grant('own', 'createsNoSecrets', rule('', ['secrets'], ['create'])),
  ];
}

function uninstallGrants(names: Names, kinds: readonly string[], policy: string): readonly Grant[] {
  const grant = grantTo('uninstall');
  const controller = [names.controllerDeployment];
  return [
    // The finalizer is taken off.
    grant('resources', 'always', rule(group, kinds, ['list', 'patch'])),
    grant('resources', 'deletesResources', rule(group, kinds, ['delete'])),
    grant('resources', 'policyReports', reports(['list', 'delete'])),
    grant(
      'cluster',
      'deletesResources',
      rule(reviewGroup, [policy], ['list']),
      rule(reviewGroup, [policy], ['delete'], names.packPolicies),
    ),
    grant(
      'cluster',
      'always',
      rule('admissionregistration.k8s.io', configurations, ['get', 'delete'], [names.configuration]),
    ),
    grant(
      'own',
      'always',
      rule('apps', ['deployments'], ['get'], controller),
      rule('apps', ['deployments/scale'], ['patch'], controller),
      rule('', ['pods'], ['list']),
    ),
  ];
}
