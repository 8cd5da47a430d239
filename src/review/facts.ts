import type { SchemaCheck } from '../model/checked.ts';
import { callsOf } from '../model/expression.ts';
import type { Kind, Route } from '../model/kind.ts';
import type { Resource } from '../model/resource.ts';
import { placesAt } from '../model/path.ts';
import { sourcesOf } from '../model/spec-secrets.ts';
import { inlineValue } from '../model/secret-source.ts';
import { errorText } from '../runtime/describe-error.ts';
import { masked } from './masked.ts';
import type { NamespaceFacts, ReviewSubject } from './subject.ts';
import { upstreamFacts, type UpstreamFacts } from './upstream-facts.ts';

export interface PolicyFacts {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly params: unknown;
}

export interface OperationFacts {
  readonly path: string;
  readonly method: string;
  readonly route: string;
  readonly policies: readonly PolicyFacts[];
}

/** `from`: Inline, Template, Secret or ConfigMap. */
export interface SecretFacts {
  readonly path: string;
  readonly inline: boolean;
  readonly from: string;
  readonly name: string;
  readonly key: string;
}

/** What the row of a kind tells of one resource. */
export interface Derived {
  readonly upstreams: readonly UpstreamFacts[];
  readonly policies: readonly PolicyFacts[];
  readonly operations: readonly OperationFacts[];
  readonly secrets: readonly SecretFacts[];
  readonly routes: readonly Route[];
  readonly certificates: readonly {
    readonly path: string;
    readonly subject: string;
    readonly notAfter: Date;
  }[];
}

/** All that a rule sees, as plain data that can be handed to another thread. */
export interface Facts {
  readonly object: Readonly<Record<string, unknown>>;
  readonly oldObject: Readonly<Record<string, unknown>> | null;
  readonly request: Readonly<Record<string, unknown>> | null;
  readonly namespace: NamespaceFacts;
  readonly gateways: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly generation: string;
    readonly labels: Readonly<Record<string, string>>;
  }[];
  readonly now: Date;
  /** Or why nothing can be derived. */
  readonly derived: Derived | { readonly missing: string };
}

/** Most entries of one derived list: what has more is no API that anybody wrote. */
const mostEntries = 20_000;

export function factsOf(subject: ReviewSubject, schemas: SchemaCheck): Facts {
  const { row, object, old, request, namespace, selected, now } = subject;
  const seen = masked(row, object);
  return {
    object: seen,
    oldObject: old === undefined ? null : masked(row, old),
    request:
      request === undefined
        ? null
        : {
            operation: request.operation,
            dryRun: request.dryRun,
            userInfo: { username: request.user, groups: request.groups },
            options: { fieldManager: request.fieldManager },
          },
    namespace,
    gateways: selected.map(({ namespace: home, name, generation, labels }) => ({
      namespace: home,
      name,
      generation: generation ?? '',
      labels,
    })),
    now,
    derived: derivedOf(row, object, seen.spec, { schemas, publicValues: subject.publicValues }),
  };
}

interface Sources {
  readonly schemas: SchemaCheck;
  readonly publicValues: ReadonlyMap<string, string> | undefined;
}

/** What of a resource is derived; nothing where its spec is not of the shape that its schema asks for. */
function derivedOf(
  row: Kind,
  { spec }: Resource,
  seen: unknown,
  { schemas, publicValues = new Map<string, string>() }: Sources,
): Facts['derived'] {
  const checked = schemas.check(row, spec);
  const shaped = checked.spec ?? checked.shaped;
  if (shaped === undefined) return { missing: 'its spec is not as its schema asks' };
  try {
    const derived = derive(row, shaped, seen, publicValues);
    const lists: readonly (readonly [string, readonly unknown[]])[] = Object.entries(derived);
    const crowded = lists.find(([, entries]) => entries.length > mostEntries);
    return crowded === undefined
      ? derived
      : { missing: `it has more than ${mostEntries} ${crowded[0]}, which is too much to be reviewed` };
  } catch (error) {
    return { missing: `it ${errorText(error)}` };
  }
}

/** `seen` is the spec without its secrets: whatever gives parts of a spec back is asked with that. */
function derive(row: Kind, spec: unknown, seen: unknown, publicValues: ReadonlyMap<string, string>): Derived {
  const uses = row.policies?.(seen) ?? [];
  const policies = uses.map(({ path, name, version = '', params }) =>
    (params.length === 0 ? [{ value: {} as unknown }] : params).map(({ value: given }) => ({
      path,
      name,
      version,
      params: given,
    })),
  );
  return {
    upstreams: (row.upstreams?.(spec) ?? []).map(upstreamFacts),
    policies: policies.flat(),
    operations: (row.operations?.(seen) ?? []).map(({ path, method, route, policies: indexes }) => ({
      path,
      method,
      route,
      policies: indexes.flatMap((index) => policies[index]?.slice(0, 1) ?? []),
    })),
    secrets: row.secretsArePublic === true ? [] : secretsOf(row, spec),
    routes: row.routes?.(spec) ?? [],
    certificates: certificatesOf(row, spec, publicValues),
  };
}

function secretsOf(row: Kind, spec: unknown): readonly SecretFacts[] {
  return sourcesOf(row, spec).map(({ path, from, source }) => {
    const at = `spec.${path}`;
    if (source.is === 'key') return { path: at, inline: false, from, name: source.name, key: source.key };
    const inline = callsOf(source.value).length === 0;
    return { path: at, inline, from: inline ? 'Inline' : 'Template', name: '', key: '' };
  });
}

function certificatesOf(row: Kind, spec: unknown, publicValues: ReadonlyMap<string, string>) {
  if (row.secretsArePublic !== true) return [];
  return row.secrets
    .flatMap((pattern) => placesAt(spec, pattern))
    .flatMap(({ path, value }) => {
      const at = `spec.${path}`;
      const text = inlineValue(value) ?? publicValues.get(at);
      return (text === undefined ? [] : (row.certificates?.(text) ?? [])).map((facts) => ({
        path: at,
        ...facts,
      }));
    });
}
