import { list, object, oneOf, optional, text, words, type Static } from '../model/schema.ts';

/** What a breach of a rule leads to, the gravest first. */
export const reviewActions = ['Deny', 'Warn', 'Audit'] as const;

export type ReviewAction = (typeof reviewActions)[number];

const selector = (description: string) =>
  object(description, {
    matchLabels: optional(words('Labels that it must have.')),
    matchExpressions: optional(
      list(
        'Further requirements.',
        object('A requirement.', {
          key: text('A label.', { minLength: 1 }),
          operator: oneOf('How it is compared.', ['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: optional(list('What it is compared with.', text('A value.'))),
        }),
      ),
    ),
  });

const namespaces = optional(list('Names of namespaces; * stands for any text.', text('A name.')));
const namespaceSelector = optional(selector('Namespaces by their labels.'));

const match = object('What the policy is about: all that is given must hold. Everything where absent.', {
  kinds: optional(list('Kinds of Portcullis; all where absent.', text('A kind.'))),
  namespaces,
  excludeNamespaces: optional(
    list('Namespaces that it is not about; * stands for any text.', text('A name.')),
  ),
  namespaceSelector,
  labelSelector: optional(selector('Resources by their labels.')),
  gateways: optional(
    list(
      'Only what at least one of these selects, as namespace/name; * stands for any text.',
      text('A gateway.', { pattern: '^[^/]+/[^/]+$' }),
    ),
  ),
});

const expression = (description: string) => text(description, { minLength: 1, maxLength: 8192 });

const variable = object('A value that rules name as variables.NAME.', {
  name: text('Its name.', { pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$' }),
  expression: expression('CEL that gives it; it sees the variables before it.'),
});

const rule = object('A rule.', {
  name: text('Its name, unique within the policy.', { pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' }),
  expression: expression('CEL; true is fine.'),
  action: oneOf('What a breach leads to: a refusal, a warning, or a line in the audit log.', reviewActions),
  message: optional(text('What is said of a breach.', { minLength: 1, maxLength: 1024 })),
  messageExpression: optional(
    expression('CEL that gives what is said; message where it fails or gives nothing.'),
  ),
  path: optional(
    text('The field that it is about, as spec.upstream.', {
      pattern: '^(spec|metadata)([.\\[].*)?$',
      maxLength: 256,
    }),
  ),
});

const step = object('Some namespaces and the gravest action there.', {
  namespaces,
  namespaceSelector,
  action: oneOf('The gravest action there.', reviewActions),
});

const exception = object('What is excused, why and until when.', {
  rules: optional(list('Names of rules; all of the policy where absent.', text('A rule.'))),
  kinds: optional(list('Kinds; all where absent.', text('A kind.'))),
  namespaces,
  names: optional(list('Names of resources; * stands for any text.', text('A name.'))),
  labelSelector: optional(selector('Resources by their labels.')),
  reason: text('Why it is excused; whoever writes such a resource reads it.', {
    minLength: 1,
    maxLength: 256,
  }),
  expires: text('When it ends.', { format: 'date-time' }),
});

/** The spec of a ReviewPolicy. What a schema can't say of it, `faultsOf` in src/review does. */
export const reviewPolicySchema = object('Rules that resources are reviewed by.', {
  match: optional(match),
  variables: optional(list('Values that several rules need.', variable)),
  rules: list('The rules.', rule, { minItems: 1 }),
  rollout: optional(
    list('Namespaces in which the policy is milder. The first entry that matches counts.', step),
  ),
  exceptions: optional(list('What is excused.', exception)),
});

export type ReviewPolicySpec = Static<typeof reviewPolicySchema>;

/** A group of its own, so that whoever may edit what gateways hold may not edit what that is judged by. */
export const reviewGroup = 'review.gateway.api-platform.wso2.com';

/** What the CRD generator, the webhook's rules and RBAC need to know of the kind. It is of no namespace, and no gateway's. */
export const reviewPolicyKind = {
  group: reviewGroup,
  namespaced: false,
  kind: 'ReviewPolicy',
  plural: 'reviewpolicies',
  shortNames: ['rvp'],
  description: 'Rules in CEL by which resources of Portcullis are reviewed.',
  schema: reviewPolicySchema,
} as const;
