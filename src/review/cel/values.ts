import type { Facts } from '../facts.ts';
import { derivedNames, shapes, type ShapeName } from './shapes.ts';

/** JSON as CEL has it: maps whatever their keys are called, and whole numbers as int. */
export function celValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    return new Map(Object.entries(value).map(([key, child]) => [key, celValue(child)]));
  return value;
}

type Shaped = Record<string, unknown>;

/** The class of each shape: CEL knows an object's type by its constructor. */
export const classes = Object.fromEntries(
  Object.keys(shapes).map((name) => [name, { [name]: class extends Object {} }[name]]),
) as unknown as Readonly<Record<ShapeName, new () => Shaped>>;

function shaped(shape: ShapeName, fields: object): Shaped {
  const types: Readonly<Record<string, string>> = shapes[shape];
  const read = (name: string, value: unknown) => {
    const type = types[name];
    if (type === 'list<Policy>') return (value as readonly object[]).map((item) => shaped('Policy', item));
    return value instanceof Object && value.constructor === classes.NamespaceMetadata
      ? value
      : celValue(value);
  };
  return Object.assign(
    new classes[shape](),
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, read(name, value)])),
  );
}

const shapeOf = {
  upstreams: 'Upstream',
  policies: 'Policy',
  operations: 'Operation',
  secrets: 'SecretUse',
  routes: 'Route',
  certificates: 'CertificateUse',
} as const satisfies Record<(typeof derivedNames)[number], ShapeName>;

/**
 * What an evaluation is given: each name made at its first use. A name that can't be had throws why.
 */
export function activationOf(facts: Facts): Record<string, unknown> {
  const { derived } = facts;
  const made: Record<string, () => unknown> = {
    object: () => celValue(facts.object),
    oldObject: () => celValue(facts.oldObject),
    request: () => celValue(facts.request),
    now: () => facts.now,
    namespaceObject: () =>
      shaped('NamespaceObject', { metadata: shaped('NamespaceMetadata', facts.namespace) }),
    gateways: () => facts.gateways.map((gateway) => shaped('Gateway', gateway)),
    ...Object.fromEntries(
      derivedNames.map((name) => [
        name,
        () => {
          if ('missing' in derived) throw new Error(`${name} can't be told: ${derived.missing}`);
          return (derived[name] as readonly object[]).map((entry) => shaped(shapeOf[name], entry));
        },
      ]),
    ),
  };
  return lazily(made);
}

/** An object whose properties are made when they are first asked for; what was thrown is thrown again. */
export function lazily(
  made: Readonly<Record<string, () => unknown>>,
  target: object = {},
): Record<string, unknown> {
  for (const [name, make] of Object.entries(made)) {
    let known: { readonly value: unknown } | { readonly error: unknown } | undefined;
    Object.defineProperty(target, name, {
      enumerable: true,
      get: () => {
        if (known === undefined) {
          try {
            known = { value: make() };
          } catch (error) {
            known = { error };
          }
        }
        if ('error' in known) throw known.error;
        return known.value;
      },
    });
  }
  return target as Record<string, unknown>;
}
