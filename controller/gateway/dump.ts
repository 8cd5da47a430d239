import { MaskedJson, type Mask } from '../../src/gateway/masked-json.ts';
import { definitionsIn, type PolicyDefinition } from '../../src/policies/definition.ts';
import { momentOf } from './moment.ts';

/** Something that a gateway has told Envoy about, as its dump shows it. */
export interface Shown {
  /** As the dump calls it, which is not always the kind that it is. */
  readonly kind: string;
  readonly handle: string;
  /** The gateway's own time of the last write that has arrived there, in nanoseconds since 1970. */
  readonly updatedAt: bigint;
  readonly isDeployed: boolean;
}

/** What is kept of a dump. */
export interface DumpContent {
  readonly apis: readonly Shown[];
  /** Undefined where it does not list any. */
  readonly definitions: readonly PolicyDefinition[] | undefined;
}

/** Everything else, above all every `spec`, is dropped unread: on 1.1.0 there are secrets in it. */
const mask: Mask = {
  apis: [
    {
      configuration: { kind: 'whole', metadata: { name: 'whole' } },
      metadata: { status: 'whole', updatedAt: 'whole' },
    },
  ],
  policies: [{ name: 'whole', version: 'whole', parameters: 'whole' }],
};

/** Some 150 bytes are kept of each API, and 140 kB of the policies that a gateway ships with. */
const maxKeptBytes = 32 * 1024 * 1024;

/**
 * Reads a dump while it comes in; undefined where it is JSON, but no dump.
 *
 * @throws JsonFault where it is no JSON, or not all of it came
 */
export async function readDump(body: AsyncIterable<Uint8Array>): Promise<DumpContent | undefined> {
  const reader = new MaskedJson(mask, { maxKeptBytes });
  for await (const chunk of body) reader.push(chunk);
  const kept = (reader.end() ?? {}) as { readonly apis?: readonly Entry[]; readonly policies?: unknown };
  if (kept.apis === undefined && kept.policies === undefined) return undefined;
  return { apis: (kept.apis ?? []).flatMap(shown), definitions: definitionsIn(kept) };
}

interface Entry {
  readonly configuration?: { readonly kind?: unknown; readonly metadata?: { readonly name?: unknown } };
  readonly metadata?: { readonly status?: unknown; readonly updatedAt?: unknown };
}

function shown({ configuration, metadata }: Entry): readonly Shown[] {
  const kind = configuration?.kind;
  const handle = configuration?.metadata?.name;
  const updatedAt = momentOf(metadata?.updatedAt);
  if (typeof kind !== 'string' || typeof handle !== 'string' || updatedAt === undefined) return [];
  return [{ kind, handle, updatedAt, isDeployed: metadata?.status !== 'undeployed' }];
}
