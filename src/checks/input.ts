import type { Generation } from '../model/generation.ts';
import type { Kind, Reference } from '../model/kind.ts';
import type { KindTable } from '../model/kind-table.ts';
import type { CheckedSpec } from '../model/checked.ts';
import type { Resource } from '../model/resource.ts';
import type { Violation } from '../model/violation.ts';
import type { PolicyLibrary } from '../policies/library.ts';
import type { KnownGateway } from '../selection/gateways.ts';

/** What is asked: may this object be stored? */
export interface Question {
  readonly row: Kind;
  readonly object: Resource;
  /** What is stored now, at an update. */
  readonly old: Resource | undefined;
  /** How absent references are treated for this request; `Auto` is already decided. */
  readonly enforcement: 'Deny' | 'Warn';
  /** What a secret that is written into a spec leads to. */
  readonly inlineSecrets: 'Deny' | 'Warn';
}

/** What a nested resource stands below. */
export interface Parent {
  readonly kind: string;
  readonly name: string;
}

/** What the informers hold. Objects that are being deleted are not among it. */
export interface View {
  find(kind: string, namespace: string, name: string): Resource | undefined;
  inNamespace(kind: string, namespace: string): Iterable<Resource>;
  /** Those of a nested kind that stand below one parent. */
  below(kind: string, namespace: string, parent: Parent): readonly Resource[];
  /** Those that are being deleted and not gone yet; the other methods leave them out. */
  leaving(kind: string, namespace: string): readonly Resource[];
  /** Of any namespace. */
  withName(kind: string, name: string): readonly Resource[];
  withTitle(kind: string, title: string): readonly Resource[];
  /** Of any kind and namespace. */
  withRoute(route: string): readonly Resource[];
  withArtifactId(id: string): readonly Resource[];
  /** What stands on a namespace. */
  annotationsOf(namespace: string): Readonly<Record<string, string>>;
  gateways(): readonly KnownGateway[];
  /** What a gateway has loaded; undefined while that is not known. */
  policies(gateway: KnownGateway): PolicyLibrary | undefined;
}

/** One key of a Secret or ConfigMap that the spec names, as it was found. */
export interface FoundKey {
  readonly path: string;
  readonly from: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key: string;
  readonly optional: boolean;
  /** Whether the requesting user may read it; nothing else is said, or known, where not. */
  readonly allowed: boolean;
  readonly exists: boolean;
  /** Undefined where the key is not there. */
  readonly value: string | undefined;
  /** The keys that there are, for the way out. */
  readonly keys: readonly string[];
}

/** The secret of another resource below the same parent, where the requesting user may read it. */
export interface SiblingSecret {
  readonly name: string;
  readonly value: string;
}

/** What had to be asked for, once and before any check. */
export interface Gathered {
  /** The moment of the review. */
  readonly now: Date;
  readonly keys: readonly FoundKey[];
  /** References that the informers did not have and the API server did. */
  readonly confirmed: ReadonlySet<Reference>;
  /** For kinds with a `distinctSecret`. */
  readonly siblings: readonly SiblingSecret[];
}

export interface CheckInput {
  readonly question: Question;
  readonly spec: CheckedSpec;
  readonly references: readonly Reference[];
  readonly selected: readonly KnownGateway[];
  readonly view: View;
  readonly gathered: Gathered;
  readonly table: KindTable;
}

/** A violation and what follows from it. */
export interface Finding extends Violation {
  readonly verdict: 'deny' | 'warn';
}

export type Check = (input: CheckInput) => readonly Finding[];

export const denied = (violation: Violation): Finding => ({ ...violation, verdict: 'deny' });
export const warned = (violation: Violation): Finding => ({ ...violation, verdict: 'warn' });

/**
 * A fault that only some generations know: refused where a selected gateway is of one, a warning while the
 * generation of a selected gateway, or any gateway at all, is unknown, and nothing otherwise.
 */
export function byGeneration(
  violation: Violation,
  generations: readonly Generation[],
  selected: readonly KnownGateway[],
): readonly Finding[] {
  const affected = selected.find(
    ({ generation }) => generation !== undefined && generations.includes(generation),
  );
  if (affected !== undefined) {
    const where = `gateway ${affected.namespace}/${affected.name} speaks ${affected.generation ?? ''}`;
    return [
      denied({
        ...violation,
        remedy: violation.remedy === undefined ? where : `${violation.remedy} (${where})`,
      }),
    ];
  }
  const unknown = selected.length === 0 || selected.some(({ generation }) => generation === undefined);
  const note = `gateways of generation ${generations.join(' and ')} refuse it`;
  return unknown
    ? [
        warned({
          ...violation,
          remedy: violation.remedy === undefined ? note : `${violation.remedy} (${note})`,
        }),
      ]
    : [];
}
