import type { Json, JsonObject } from './json.ts';
import type { Reader } from './go-json.ts';
import { parseGoJson } from './go-json.ts';
import { parseGoYaml } from './go-yaml.ts';
import type { ObjectShape } from './shape.ts';
import { decode } from './shape.ts';

/** Envelope kinds: `application/json` selects JSON, anything else or nothing YAML. Throws a SyntaxError. */
export function parseEnvelope(body: string, contentType: string, shape: ObjectShape): JsonObject {
  if (isJson(contentType))
    return told('failed to parse JSON', () => decode(parseGoJson(body, 'whole'), shape));
  return told('failed to unmarshal YAML', () => decode(parseGoYaml(body), shape));
}

/** API keys, plans and subscriptions: YAML only where the content type says so. Throws a SyntaxError. */
export function parseFlatBody(body: string, contentType: string, reader: Reader): Json {
  return contentType.includes('yaml') ? parseGoYaml(body) : parseGoJson(body, reader);
}

export function isJson(contentType: string): boolean {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}

function told<T>(prefix: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SyntaxError) throw new SyntaxError(`${prefix}: ${error.message}`, { cause: error });
    throw error;
  }
}
