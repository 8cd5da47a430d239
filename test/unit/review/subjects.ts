import { table } from '../../../src/kinds/table.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import type { Resource } from '../../../src/model/resource.ts';
import type { Breach } from '../../../src/review/breach.ts';
import { Reviewer, type StoredPolicy } from '../../../src/review/reviewer.ts';
import type { ReviewSubject } from '../../../src/review/subject.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { minimal } from '../../support/manifests.ts';

export const context = { table, schemas: new SchemaCheck() };

export const now = new Date('2026-01-01T00:00:00Z');

/** The smallest resource of a kind, with parts of its spec and metadata replaced. */
export function resource(
  kind: string,
  spec: Readonly<Record<string, unknown>> = {},
  metadata: Partial<Resource['metadata']> = {},
): Resource {
  const smallest = (minimal as Readonly<Record<string, object>>)[kind];
  return {
    kind,
    metadata: { name: 'books', namespace: 'shop', ...metadata },
    spec: { ...smallest, ...spec },
  };
}

/** What is reviewed at its creation by somebody, unless said otherwise. */
export function subject(object: Resource, more: Partial<ReviewSubject> = {}): ReviewSubject {
  return {
    row: table.get(object.kind),
    object,
    old: undefined,
    request: {
      operation: 'CREATE',
      user: 'ada',
      groups: ['writers'],
      dryRun: false,
      fieldManager: 'kubectl',
    },
    namespace: { name: 'shop', labels: { team: 'books' }, annotations: {} },
    selected: [],
    now,
    ...more,
  };
}

export interface TestRule {
  readonly name: string;
  readonly expression: string;
  readonly [field: string]: unknown;
}

/** A rule that denies, unless said otherwise. */
export const rule = (expression: string, more: Readonly<Record<string, unknown>> = {}): TestRule => ({
  name: 'rule',
  action: 'Deny',
  expression,
  ...more,
});

export const policy = (
  rules: readonly TestRule[],
  more: Readonly<Record<string, unknown>> = {},
  name = 'policy',
): StoredPolicy => ({ name, spec: { rules, ...more } });

/** What policies say of a subject, by a reviewer that ends with the answer. */
export async function reviewBy(
  policies: readonly StoredPolicy[],
  of: ReviewSubject,
): Promise<readonly Breach[]> {
  await using reviewer = new Reviewer({ ...context, clock: systemClock });
  reviewer.setPolicies(policies);
  return await reviewer.review(of);
}

/** Whether an expression is true of a subject: `true`, or why not. */
export async function truthOf(expression: string, of: ReviewSubject): Promise<true | string> {
  const [breach] = await reviewBy([policy([rule(expression, { message: 'false' })])], of);
  return breach === undefined ? true : breach.message;
}
