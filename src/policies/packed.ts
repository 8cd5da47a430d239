import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { definitionsIn, type PolicyDefinition } from './definition.ts';

/** Definitions as a ConfigMap keeps them: readable where they are small enough, else compressed. */
export interface Packed {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** The API server takes ConfigMaps of 1 MiB. */
const maxPlainBytes = 900_000;

/** The most that is unpacked: a small file can be made that unpacks to anything. */
const maxUnpackedBytes = 16 * 1024 * 1024;

const plainKey = 'policies.json';
const packedKey = 'policies.json.gz';

/** Undefined where they are too large however they are packed. */
export function packed(definitions: readonly PolicyDefinition[]): Packed | undefined {
  const text = textOf(definitions);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxPlainBytes) return { data: { [plainKey]: text } };
  if (bytes > maxUnpackedBytes) return undefined;
  const zipped = gzipSync(text).toString('base64');
  return zipped.length > maxPlainBytes ? undefined : { binaryData: { [packedKey]: zipped } };
}

/** Undefined where nothing of the kind stands there. */
export function unpacked({ data, binaryData }: Packed): readonly PolicyDefinition[] | undefined {
  const plain = data?.[plainKey];
  const zipped = binaryData?.[packedKey];
  try {
    if (plain !== undefined) return definitionsIn(JSON.parse(plain));
    if (zipped === undefined) return undefined;
    const text = gunzipSync(Buffer.from(zipped, 'base64'), { maxOutputLength: maxUnpackedBytes }).toString(
      'utf8',
    );
    return definitionsIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Changes with anything that definitions say. */
export function digestOf(definitions: readonly PolicyDefinition[]): string {
  return createHash('sha256').update(textOf(definitions)).digest('hex');
}

function textOf(policies: readonly PolicyDefinition[]): string {
  return JSON.stringify({ policies });
}
