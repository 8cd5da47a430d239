import type { SchemaCheck } from '../model/checked.ts';
import type { KindTable } from '../model/kind-table.ts';
import type { Violation } from '../model/violation.ts';

export interface PolicyContext {
  readonly table: KindTable;
  readonly schemas: SchemaCheck;
}

/**
 * Why a policy can't be: its schema, unknown kinds, names used twice, and expressions that don't parse or don't fit
 * their types. Empty where it is well.
 */
export declare function faultsOf(spec: unknown, context: PolicyContext): readonly Violation[];

/** What is taken and probably not meant: variables that nothing uses, exceptions that have ended. */
export declare function adviceOf(
  spec: unknown,
  context: PolicyContext & { readonly now: Date },
): readonly Violation[];
