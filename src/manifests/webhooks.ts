import { sweepers } from '../checks/protection.ts';
import { inUseLabel, judgedAnnotations, partOfLabel, partOfUs } from '../model/annotations.ts';
import { reviewGroup } from '../kinds/review-policy.ts';
import { group } from '../model/generation.ts';
import { unreviewedNamespace } from '../model/unreviewed.ts';
import type { Plurals } from './rbac.ts';

/** Only what changes spec, labels or an annotation that can be refused, of an object that is not on its way out. */
function matchConditions(): readonly object[] {
  const keys = judgedAnnotations.map((key) => `'${key}'`).join(', ');
  const annotations = `[${keys}].exists(key, object.metadata.?annotations[?key] != oldObject.metadata.?annotations[?key])`;
  // Whatever is in one and not the same in the other, but for the label that the controller keeps.
  const lacks = (one: string, other: string) =>
    `${one}.metadata.?labels.orValue({}).exists(key, key != '${inUseLabel}' && ${one}.metadata.?labels[?key] != ${other}.metadata.?labels[?key])`;
  const labels = `${lacks('object', 'oldObject')} || ${lacks('oldObject', 'object')}`;
  return [
    { name: 'not-being-deleted', expression: '!has(object.metadata.deletionTimestamp)' },
    {
      name: 'changes-something',
      expression: `request.operation == 'CREATE' || object.?spec != oldObject.?spec || ${labels} || ${annotations}`,
    },
  ];
}

/** Only who could be refused: the rest of the cluster's cleaning never waits for us. */
function deletionConditions(): readonly object[] {
  const names = sweepers.map((name) => `'${name}'`).join(', ');
  return [
    { name: 'not-being-deleted', expression: '!has(oldObject.metadata.deletionTimestamp)' },
    { name: 'not-sweeping', expression: `!(request.userInfo.username in [${names}])` },
  ];
}

const namespaceSelector = {
  matchExpressions: [
    { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [unreviewedNamespace] },
  ],
};

/**
 * The end of the path that is called. When no replica answers, the API server's message shows the address and nothing
 * else of ours, so that this is the one place for a word to whoever reads it. The server takes any such end.
 */
const hint = 'if-this-fails/look-at-the-pods-of-this-service';

export interface WebhookPlace {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** The name of both configurations. */
  readonly name: string;
}

export interface WebhookConfiguration {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly webhooks: readonly (Webhook & Readonly<Record<string, unknown>>)[];
}

interface Webhook {
  readonly clientConfig: { readonly service: { readonly path: string } };
}

/** Both webhook configurations, for the given plurals. `caBundle` is left to the webhook itself. */
export function webhookConfigurations(
  place: WebhookPlace,
  plurals: Plurals,
): readonly WebhookConfiguration[] {
  const all = [...plurals.rows, plurals.gateway];
  const webhook = (verb: 'validate' | 'mutate', resources: readonly string[]) => ({
    name: `${verb}.${group}`,
    admissionReviewVersions: ['v1'],
    clientConfig: {
      service: {
        namespace: place.namespace,
        name: place.service,
        port: place.port,
        path: `/${verb}/${hint}`,
      },
    },
    rules: [
      {
        apiGroups: [group],
        apiVersions: ['v1', 'v1alpha1'],
        operations: ['CREATE', 'UPDATE'],
        resources: [...resources],
        scope: 'Namespaced',
      },
    ],
    namespaceSelector,
    matchConditions: matchConditions(),
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    timeoutSeconds: 5,
  });
  // Deletions ask only where there is something to protect, and go through when nobody answers: a dead webhook must not
  // keep a namespace from going, and the controller holds back at the gateways what is in use in any case.
  const { rules, ...common } = webhook('validate', plurals.rows);
  const protection = {
    ...common,
    name: `protect.${group}`,
    rules: rules.map((rule) => ({ ...rule, operations: ['DELETE'] })),
    objectSelector: { matchLabels: { [inUseLabel]: 'true' } },
    matchConditions: deletionConditions(),
    failurePolicy: 'Ignore',
  };
  // While nobody answers no policy is judged by, and none can be made worse; one that is in the way can be deleted.
  const { namespaceSelector: _, ...clusterWide } = common;
  const policies = {
    ...clusterWide,
    name: `policies.${group}`,
    rules: [
      {
        apiGroups: [reviewGroup],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: [plurals.policy],
        scope: 'Cluster',
      },
    ],
  };
  const metadata = { name: place.name, labels: { [partOfLabel]: partOfUs } };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return [
    {
      apiVersion,
      kind: 'ValidatingWebhookConfiguration',
      metadata,
      webhooks: [webhook('validate', all), protection, policies],
    },
    {
      apiVersion,
      kind: 'MutatingWebhookConfiguration',
      metadata,
      webhooks: [{ ...webhook('mutate', all), reinvocationPolicy: 'Never' }],
    },
  ];
}
