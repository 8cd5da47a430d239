import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { group, type Generation } from '../../src/model/generation.ts';
import { definitionsIn } from '../../src/policies/definition.ts';
import { definitionsLabel, gatewayAnnotation, keptName } from '../../src/policies/kept.ts';
import { packed, type Packed } from '../../src/policies/packed.ts';
import type { Gateway } from '../support/gateway/emulator.ts';
import { home } from '../support/installation.ts';
import { collectionFor, type ApiServer } from './api-server.ts';
import type { Fixture, Manifest } from './corpus.ts';

const apiVersion = `${group}/v1`;

/** Where a case is judged: namespaces of its own, and a gateway of its own that takes what stands in them. */
export interface Place {
  readonly namespace: string;
  readonly gateway: string;
}

/** The namespace of a manifest in a place: the place's own, or one beside it for each that the file names. */
export function placed(manifest: Manifest, { namespace }: Place): Manifest {
  const { namespace: named, ...metadata } = manifest.metadata;
  return {
    ...manifest,
    metadata: { ...metadata, namespace: named === undefined ? namespace : `${namespace}-${named}` },
  };
}

/** What a gateway has loaded, as its dump tells it and as the controller keeps it for the webhook. */
export async function loadedPolicies(gateway: Gateway): Promise<Packed> {
  const credentials = Buffer.from('admin:admin').toString('base64');
  const answer = await fetch(`${gateway.adminUrl}/api/admin/${gateway.api}/config_dump`, {
    headers: { Authorization: `Basic ${credentials}` },
  });
  const kept = packed(definitionsIn(await answer.json()) ?? []);
  if (kept === undefined) throw new Error('the policy definitions of the emulator are too large to be kept');
  return kept;
}

/** What is to stand in a place, and on a gateway of which generation. */
interface Placed {
  readonly fixture: Pick<Fixture, 'before' | 'judged'>;
  readonly generation: Generation;
}

/**
 * Makes the place of a case. The gateway's generation is said outright and its policies are put where the controller
 * would: there is no controller here.
 */
export async function makePlace(
  namespace: string,
  { fixture, generation }: Placed,
  policies: ReadonlyMap<Generation, Packed>,
  server: ApiServer,
): Promise<Place> {
  const place = { namespace, gateway: 'edge' };
  for (const name of namespacesOf(place, fixture))
    await create(server, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await create(server, gatewayOf(place, { fixture, generation }));
  if (!namesPolicies(fixture)) return place;
  const key = `${namespace}/${place.gateway}`;
  await create(server, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: keptName(key),
      namespace: home,
      labels: { [definitionsLabel]: 'true' },
      annotations: { [gatewayAnnotation]: key },
    },
    ...policies.get(generation),
  });
  return place;
}

/** The gateway of a place; it takes what stands in each of the place's namespaces. */
export function gatewayOf(place: Place, { fixture, generation }: Placed): Manifest {
  return {
    apiVersion,
    kind: gatewayKind.kind,
    metadata: { name: place.gateway, namespace: place.namespace },
    spec: {
      apiSelector: { scope: 'Namespaced', namespaces: [...namespacesOf(place, fixture)] },
      management: { url: 'http://127.0.0.1:9', apiVersion: generation },
    },
  };
}

/** Whether a case is about policies, so that what its gateway has loaded must be known. */
export function namesPolicies({ before, judged }: Placed['fixture']): boolean {
  return [...before, judged].some(({ spec }) => JSON.stringify(spec ?? {}).includes('olicies"'));
}

function namespacesOf(place: Place, { before, judged }: Placed['fixture']): ReadonlySet<string> {
  const named = [...before, judged].map((manifest) => placed(manifest, place).metadata.namespace);
  return new Set([place.namespace, ...named.map((name) => name ?? place.namespace)]);
}

async function create(server: ApiServer, object: Manifest & Packed): Promise<void> {
  await server.mustSend('POST', collectionFor(object), object);
}
