import { isDeepStrictEqual } from 'node:util';
import { group } from '../../src/model/generation.ts';
import { collectionFor, pathFor, type ApiAnswer, type ApiServer } from './api-server.ts';
import type { Fixture, Manifest } from './corpus.ts';
import { placed, type Place } from './scene.ts';

/** What a person who applies the file is told: by the webhook, or by the API server before it asks the webhook. */
export interface WebhookVerdict {
  readonly allowed: boolean;
  /** Whether the webhook said it, and not the API server before it. */
  readonly isOurs: boolean;
  /** Each violation as `path: fault`. */
  readonly violations: readonly string[];
  readonly warnings: readonly string[];
}

export interface Askers {
  readonly admin: ApiServer;
  /** May write every kind of ours and read no Secret. */
  readonly developer: ApiServer;
}

/** Puts what must stand first into the place, then tries the judged manifest. Throws where the former is refused. */
export async function webhookVerdict(
  fixture: Fixture,
  place: Place,
  askers: Askers,
): Promise<WebhookVerdict> {
  const { admin } = askers;
  for (const manifest of fixture.before) {
    const answer = await write(placed(manifest, place), admin);
    if (answer.status >= 300) throw new Error(`${titleOf(manifest)} is not admitted: ${messageIn(answer)}`);
    if (isUpdated(manifest, fixture)) await stands(placed(manifest, place), place, admin);
  }
  const answer = await write(placed(fixture.judged, place), askers[fixture.expectation.as ?? 'admin']);
  const allowed = answer.status < 300;
  return {
    allowed,
    isOurs: allowed || isOurs(answer),
    violations: allowed ? [] : violationsIn(answer),
    warnings: answer.warnings,
  };
}

/** Creates an object, or replaces the one that is there, keeping what is not the author's. */
async function write(object: Manifest, server: ApiServer): Promise<ApiAnswer> {
  const created = await server.send('POST', collectionFor(object), object);
  if (created.status !== 409) return created;
  const stored = (await server.mustSend('GET', pathFor(object))) as Manifest;
  const { labels, annotations } = object.metadata;
  const metadata = { ...stored.metadata, labels, annotations };
  return await server.send('PUT', pathFor(object), { ...object, metadata });
}

/** Says of a resource what the controller would say once a gateway holds it. */
async function stands(object: Manifest, place: Place, server: ApiServer): Promise<void> {
  if (!object.apiVersion.startsWith(group)) return;
  const gateways = [{ namespace: place.namespace, name: place.gateway, state: 'Programmed' }];
  await server.mustSend('PATCH', pathFor(object, 'status'), { status: { gateways } });
}

/** Whether the judged manifest is a new version of this one. */
export function isUpdated(manifest: Manifest, { judged }: Fixture): boolean {
  const identity = ({ kind, apiVersion, metadata }: Manifest) => [
    apiVersion.split('/')[0],
    kind,
    metadata.namespace,
    metadata.name,
  ];
  return isDeepStrictEqual(identity(manifest), identity(judged));
}

export function titleOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

function isOurs(answer: ApiAnswer): boolean {
  return messageIn(answer).startsWith('admission webhook');
}

function messageIn({ body }: ApiAnswer): string {
  return (body as { readonly message?: string }).message ?? JSON.stringify(body);
}

interface Refusal {
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

/** The webhook's lines are indented below its heading; the API server names fields as causes, or in one sentence. */
function violationsIn(answer: ApiAnswer): readonly string[] {
  const message = messageIn(answer);
  if (isOurs(answer))
    return message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  const unknown = [...message.matchAll(/unknown field "([^"]+)"/g)];
  if (unknown.length > 0) return unknown.map(([, field = '']) => `${field}: unknown field`);
  // Some faults are told twice, once without their field.
  const causes = ((answer.body as Refusal).details?.causes ?? []).filter(({ field }) => field !== '<nil>');
  if (causes.length > 0) return causes.map(({ field = '', message: said = '' }) => `${field}: ${said}`);
  return [message];
}
