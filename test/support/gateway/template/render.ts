import type { Json, JsonObject } from '../wire/json.ts';
import { isObject } from '../wire/json.ts';
import { partsOf } from './actions.ts';
import type { Surroundings, TemplateFunction } from './functions.ts';
import { functionsFor, shown } from './functions.ts';
import { evaluate } from './pipeline.ts';

/** Every string of a spec with its expressions evaluated. Throws what the gateway answers 400 with. */
export function render(spec: JsonObject, surroundings: Surroundings): JsonObject {
  const functions = functionsFor(surroundings);
  return Object.fromEntries(Object.entries(spec).map(([key, value]) => [key, renderValue(value, functions)]));
}

function renderValue(value: Json, functions: ReadonlyMap<string, TemplateFunction>): Json {
  if (typeof value === 'string') return value.includes('{{') ? renderText(value, functions) : value;
  if (Array.isArray(value)) return value.map((item) => renderValue(item, functions));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderValue(item, functions)]));
}

function renderText(template: string, functions: ReadonlyMap<string, TemplateFunction>): string {
  const scope = { functions, variables: new Map() };
  return partsOf(template)
    .map((part) => (part.is === 'text' ? part.text : shown(evaluate(part.source, scope))))
    .join('');
}
