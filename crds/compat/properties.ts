import { schemaNarrowings } from './compare-schemas.ts';
import { inside, type Narrowing } from './narrowing.ts';
import { anything, type Schema } from './schema.ts';

/** Fields: those that are known, those that must be there, and what becomes of others. */
export function propertyNarrowings(before: Schema, after: Schema, pointer: string): readonly Narrowing[] {
  const found: Narrowing[] = [];
  const names = new Set([...Object.keys(before.properties ?? {}), ...Object.keys(after.properties ?? {})]);
  for (const name of names) {
    const at = inside(pointer, 'properties', name);
    const was = fieldOf(before, name);
    const is = fieldOf(after, name);
    // What was dropped unseen may be judged from now on.
    if (was === undefined) continue;
    if (is === undefined)
      found.push({ pointer: at, says: 'the field is gone: what is written there is dropped' });
    else found.push(...schemaNarrowings(was, is, at));
  }
  found.push(...requiredNarrowings(before, after, pointer), ...openNarrowings(before, after, pointer));
  return found;
}

/** By which schema a field is judged and kept; undefined: it is dropped. */
function fieldOf(schema: Schema, name: string): Schema | undefined {
  const { properties = {} } = schema;
  return Object.hasOwn(properties, name) ? properties[name] : otherFields(schema);
}

/** By which schema fields are judged that are not named. */
function otherFields(schema: Schema): Schema | undefined {
  const { additionalProperties } = schema;
  if (additionalProperties === true) return anything;
  if (typeof additionalProperties === 'object') return additionalProperties;
  return schema['x-kubernetes-preserve-unknown-fields'] === true ? anything : undefined;
}

function requiredNarrowings(before: Schema, after: Schema, pointer: string): readonly Narrowing[] {
  const hasDefault = (schema: Schema, name: string) => schema.properties?.[name]?.default !== undefined;
  return (after.required ?? []).flatMap((name) => {
    if (hasDefault(after, name)) return [];
    const was = before.required?.includes(name) === true;
    if (was && !hasDefault(before, name)) return [];
    const says = was ? `${name} has no default any more, and is required` : `${name} is required, was not`;
    return [{ pointer: inside(pointer, 'required'), says }];
  });
}

function openNarrowings(before: Schema, after: Schema, pointer: string): readonly Narrowing[] {
  const was = otherFields(before);
  const is = otherFields(after);
  // What is no object has no fields; that it was one is told as a change of its type.
  const hasFields = after.type === undefined || after.type === 'object';
  if (was === undefined || was === is || !hasFields) return [];
  const keyword =
    before['x-kubernetes-preserve-unknown-fields'] === true && before.additionalProperties === undefined
      ? 'x-kubernetes-preserve-unknown-fields'
      : 'additionalProperties';
  if (is === undefined)
    return [{ pointer: inside(pointer, keyword), says: 'fields that are not named are dropped any more' }];
  return schemaNarrowings(was, is, inside(pointer, 'additionalProperties'));
}
