import type { ReviewAction, ReviewPolicySpec } from '../kinds/review-policy.ts';
import { gatewayKey } from '../selection/gateways.ts';
import { meetsLabels, type Selector } from '../selection/selects.ts';
import type { ReviewSubject } from './subject.ts';

/** The part of a subject that decides which policies are about it. */
export type Matched = Pick<ReviewSubject, 'row' | 'object' | 'namespace' | 'selected'>;

type Requirements = Pick<Selector, 'matchLabels' | 'matchExpressions'>;

/** Whether a policy is about a resource: all that its match gives holds. */
export function isAbout({ match = {} }: ReviewPolicySpec, subject: Matched): boolean {
  const { kinds, namespaces, excludeNamespaces, namespaceSelector, labelSelector, gateways } = match;
  const { row, object, namespace, selected } = subject;
  return (
    (kinds?.includes(row.kind) ?? true) &&
    isNamed(namespaces, namespace.name) &&
    !(excludeNamespaces ?? []).some((pattern) => fits(pattern, namespace.name)) &&
    meets(namespaceSelector, namespace.labels) &&
    meets(labelSelector, object.metadata.labels ?? {}) &&
    (gateways === undefined || selected.some((gateway) => isNamed(gateways, gatewayKey(gateway))))
  );
}

const gravity: Readonly<Record<ReviewAction, number>> = { Audit: 0, Warn: 1, Deny: 2 };

/** What a rule leads to in a namespace: its own action, or what the first fitting entry of the roll-out allows at most. */
export function actionIn(
  { rollout = [] }: ReviewPolicySpec,
  action: ReviewAction,
  { name, labels }: ReviewSubject['namespace'],
): ReviewAction {
  const entry = rollout.find(
    ({ namespaces, namespaceSelector }) => isNamed(namespaces, name) && meets(namespaceSelector, labels),
  );
  return entry !== undefined && gravity[entry.action] < gravity[action] ? entry.action : action;
}

export type Exception = NonNullable<ReviewPolicySpec['exceptions']>[number];

/** The first exception that excuses a resource from a rule, among those that have not ended. */
export function exceptionFor(
  { exceptions = [] }: ReviewPolicySpec,
  rule: string,
  { row, object, namespace, now }: Matched & Pick<ReviewSubject, 'now'>,
): Exception | undefined {
  return exceptions.find(
    (exception) =>
      !hasEnded(exception, now) &&
      (exception.rules?.includes(rule) ?? true) &&
      (exception.kinds?.includes(row.kind) ?? true) &&
      isNamed(exception.namespaces, namespace.name) &&
      isNamed(exception.names, object.metadata.name) &&
      meets(exception.labelSelector, object.metadata.labels ?? {}),
  );
}

export function hasEnded({ expires }: Pick<Exception, 'expires'>, now: Date): boolean {
  return new Date(expires) <= now;
}

function isNamed(patterns: readonly string[] | undefined, name: string): boolean {
  return patterns === undefined || patterns.some((pattern) => fits(pattern, name));
}

function meets(selector: Requirements | undefined, labels: Readonly<Record<string, string>>): boolean {
  return selector === undefined || meetsLabels(selector, labels);
}

/** Whether a text is what a pattern says, in which `*` stands for any text. Linear: no star ever takes anything back but the last. */
function fits(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return text === head;
  if (!text.startsWith(head) || text.length < head.length + tail.length || !text.endsWith(tail)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - tail.length;
}
