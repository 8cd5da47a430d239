import type { ApiDescription, DescribedSpec } from './api-description.ts';
import type { Address, CertificateFacts, Operation } from './derived.ts';
import type { Generation } from './generation.ts';
import type { Owner } from './mark.ts';
import type { Static, TSchema } from './schema.ts';
import type { Violation } from './violation.ts';

/**
 * A mention of another resource of the same namespace. `kinds` lists the kinds that can satisfy it (any one will do).
 * `by: 'name'` compares metadata.name; `by: 'key'` accepts the natural key of the other kind as well.
 * `builtIn`: a gateway may ship with it, so that no resource need exist. `optional`: gateways take it either way, so
 * that its absence is worth a warning and nothing waits for it. `fault`: why one that is there can't be chosen.
 */
export interface Reference {
  readonly path: string;
  readonly kinds: readonly string[];
  readonly name: string;
  readonly by: 'name' | 'key';
  readonly builtIn?: boolean;
  readonly optional?: boolean;
  fault?(spec: unknown): string | undefined;
}

/** Where an API answers; two resources on one gateway that share one shadow each other. */
export interface Route {
  readonly context: string;
  readonly vhost: string;
}

export interface Named<Spec> {
  readonly spec: Spec;
  readonly name: string;
}

export interface RuleInput<Spec> extends Named<Spec> {
  readonly namespace: string;
  /** The moment of the review. The controller gives none: what was fit to be stored doesn't become unfit by waiting. */
  readonly now?: Date | undefined;
}

/**
 * What a schema can't say. Without `generations` a rule holds for all; `warns` marks what is accepted all the same.
 * `admissionOnly`: gateways take it and it breaks later, so an author hears of it, and what is stored stays programmed.
 */
export interface Rule<Spec> {
  readonly generations?: readonly Generation[];
  readonly warns?: boolean;
  readonly admissionOnly?: boolean;
  check(input: RuleInput<Spec>): readonly Violation[];
}

/** How a gateway knows an instance of the kind. */
export type Identity<Spec> =
  /** By metadata.name, in the path. */
  | { readonly is: 'handle' }
  /** By metadata.name in a collection below another resource, which is of one of the kinds `below`. */
  | {
      readonly is: 'nested';
      readonly below: readonly string[];
      parent(spec: Spec): { readonly kind: string; readonly name: string };
    }
  /**
   * By an id that the gateway gives. `key` (of the spec with its secrets resolved) and `keyOf` (of an item of the
   * list) find it again when the answer was lost.
   */
  | {
      readonly is: 'assigned';
      key(input: { spec: Spec; mark: string; name: string }): string;
      keyOf(item: Readonly<Record<string, unknown>>): string | undefined;
    };

/**
 * What a change costs: a PUT of the whole, a POST that replaces (where a PUT would lose something; where a POST is
 * refused for there being too many, a PUT that loses `loses`), delete and create, or a PUT that changes only the named
 * fields.
 */
export type Update =
  | { readonly by: 'put' }
  | { readonly by: 'post'; readonly loses: readonly string[] }
  | { readonly by: 'recreate' }
  | {
      readonly by: 'fields';
      readonly fields: readonly string[];
      /** Of the others: what the gateway keeps unique together, so that two can stand there that differ in one of them. */
      readonly distinct: readonly string[];
    };

export interface Collection {
  /** Below the base path; for nested kinds, below the parent. */
  readonly path: string;
  /** The field of a list reply that holds the items; null stands for none. */
  readonly listKey: string;
  readonly generations: readonly Generation[];
  /** Whether GET of one item exists; otherwise the list is searched. */
  readonly getOne: boolean;
}

/** An extra printer column, shown between GATEWAYS and REASON. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly priority?: number;
}

/** What a flat document is made of: the spec with secrets resolved and what else the wire wants. */
export interface FlatInput<Spec> {
  readonly name: string;
  readonly spec: Spec;
  readonly mark: string;
  /** The moment at which it ends, fixed once where the spec gives a duration (`lifetime`). RFC 3339. */
  readonly expiresAt: string | undefined;
  /** The id that the gateway gave to a referenced resource; undefined while it has none there. */
  readonly idOf: (kind: string, name: string) => string | undefined;
}

/** The wire document: an envelope with apiVersion, kind, metadata and spec, or JSON of the kind's own. */
export type Wire<Spec> =
  | {
      readonly is: 'envelope';
      readonly kind: string;
      /** Whether the gateway renders the spec's strings as templates. */
      readonly templated: boolean;
      /** The kinds whose instances its templates can name as `{{ secret "name" }}`. */
      readonly secretKinds?: readonly string[];
      /** Where the ownership mark stands; annotations of a Secret are dropped by the gateway. */
      readonly mark: 'annotation' | 'description';
    }
  | { readonly is: 'flat'; document(input: FlatInput<Spec>): Readonly<Record<string, unknown>> };

/**
 * How an answer outside the ordinary is to be read. `status` and, where needed, a part of the message decide.
 * `taken`: somebody else has it; `parent`: what it refers to is not there (yet); `inUse`: others still refer to it.
 */
export interface OddAnswer {
  readonly on: 'write' | 'delete';
  readonly status: number;
  readonly message?: RegExp;
  readonly means: 'taken' | 'parent' | 'inUse' | 'refused' | 'absent';
}

/** Everything that is known of a kind. The CRD, checks, paths, order, RBAC and documentation derive from it. */
export interface Kind<Schema extends TSchema = TSchema, Spec = Static<Schema>> {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly columns: readonly Column[];
  readonly collection: Collection;
  /** What the dump of a gateway calls it there; absent where the dump doesn't show it, so that nobody can tell. */
  readonly liveAs?: string;
  readonly identity: Identity<Spec>;
  readonly update: Update;
  readonly wire: Wire<Spec>;
  readonly schema: Schema;
  /** Paths in the spec at which a secret may stand; `[]` goes over a list. */
  readonly secrets: readonly string[];
  /**
   * The field of an item that names who created it: a gateway lets each user create so many below one parent, and lets
   * whoever may write replace what is another's.
   */
  readonly countedBy?: string;
  /** Set where what stands there may be read by anybody (a certificate): no reason to keep it out of the spec. */
  readonly secretsArePublic?: boolean;
  certificates?(text: string): readonly CertificateFacts[];
  readonly rules: readonly Rule<Spec>[];
  readonly oddAnswers: readonly OddAnswer[];
  references(spec: Spec): readonly Reference[];
  /** Set where no kind refers to it, and it to none: reviews of others never ask for one of them by name. */
  readonly standsAlone?: true;
  /** What a gateway keeps unique within the kind, as one text for comparing and people. */
  title?(spec: Spec): string | undefined;
  /** What the title is made of, where it is not the display name and the version. */
  readonly titleIs?: string;
  routes?(spec: Spec): readonly Route[];
  upstreams?(spec: Spec): readonly Address[];
  /** What clients may call, and through which policies. Throws where that is too much to look at. */
  operations?(spec: Spec): readonly Operation[];
  /** Where policies stand, so that they can be checked against the gateways' definitions. */
  policies?(spec: Spec): readonly PolicyUse[];
  /** Fields that can't change once the resource stands at a gateway. */
  readonly immutable?: readonly string[];
  /** Fields that can be set and changed there, but not taken away again. */
  readonly lasting?: readonly string[];
  /** The secret that no two instances of one parent may share; `path` is one of `secrets`. */
  readonly distinctSecret?: {
    readonly path: string;
    of(spec: Spec): { readonly kind: string; readonly name: string };
  };
  /**
   * A gateway removes it with what it belongs to, though it does not stand below it: the kind of that, and the
   * parameter that makes a list show only what belongs to one instance, by its handle.
   */
  readonly removedWith?: { readonly kind: string; readonly parameter: string };
  /** Who an item belongs to, where it bears no more of a mark than a digest: found among the given namespaces. */
  ownerAmong?(item: Readonly<Record<string, unknown>>, among: OwnersSought): Owner | undefined;
  /** The kinds whose instances share one collection at the gateway, so that their handles collide. */
  readonly sharesHandlesWith?: readonly string[];
  /** Fields of what is read back that the gateway adds by itself, with the value that it adds; `undefined` = any. */
  readonly defaults: readonly Default<Spec>[];
  /** Fields that only some generations know; the others drop them in silence. Patterns as in `secrets`. */
  readonly fieldsOf?: readonly { readonly pattern: string; readonly generations: readonly Generation[] }[];
  /**
   * A credential that is made up when the spec gives none: the field of the spec, what it begins with, and the key
   * and name of the Secret that keeps it.
   */
  readonly generates?: {
    readonly key: string;
    readonly field: string;
    readonly prefix: string;
    isWanted(spec: Spec): boolean;
    secretName(input: Named<Spec>): string;
  };
  /** Whether the gateway stores `deploymentState` and does not follow it. */
  readonly ignoresDeploymentState?: boolean;
  /** The lifetime in seconds where the spec gives one; each write of a duration restarts the gateway's clock. */
  lifetimeSeconds?(spec: Spec): number | undefined;
  /** Set for the one kind of which an API that OpenAPI describes is an instance. */
  fromOpenApi?(api: ApiDescription): DescribedSpec<Spec>;
  /** Names of instances that gateways ship with. */
  readonly builtIn?: readonly string[];
}

export interface OwnersSought {
  /** The uid of the namespace kube-system. */
  readonly cluster: string;
  readonly namespaces: Iterable<string>;
}

/** A policy that a spec names, and which generations look at what is said of it there. */
export interface PolicyUse {
  readonly path: string;
  readonly name: string;
  readonly version: string | undefined;
  /** Every place of its parameters; there are several where they stand at paths. */
  readonly params: readonly { readonly path: string; readonly value: unknown }[];
  /** The generations that refuse an unknown name or version here. */
  readonly namesJudgedBy: readonly Generation[];
  /** The generations that refuse parameters that don't fit here. */
  readonly paramsJudgedBy: readonly Generation[];
}

/** A field that a gateway adds, at a dotted path of the spec, when the document has none. */
export interface Default<Spec> {
  readonly path: string;
  readonly generations?: readonly Generation[];
  value(input: Named<Spec>): unknown;
}

/** Fixes the types of a row where it is written, and forgets them where all rows are alike. */
export function defineKind<Schema extends TSchema>(row: Kind<Schema>): Kind {
  return row;
}
