import { table } from '../../src/kinds/table.ts';
import { generations, group, type Generation } from '../../src/model/generation.ts';
import type { Packed } from '../../src/policies/packed.ts';
import { minimal } from '../support/manifests.ts';
import { collectionFor, type ApiServer } from './api-server.ts';
import type { Fixture, Manifest } from './corpus.ts';
import { makePlace, placed } from './scene.ts';

/** How long the webhook may take to hear of what was created. */
const patienceMs = 30_000;

/**
 * Waits until the webhook's informers hold everything that was created before: each tells in the order of creation,
 * so it is enough that a last gateway and its policies are known.
 */
export async function untilKnown(
  policies: ReadonlyMap<Generation, Packed>,
  server: ApiServer,
): Promise<void> {
  const [generation = 'v1'] = generations;
  const probe: Manifest = {
    apiVersion: `${group}/v1`,
    kind: table.get('RestApi').kind,
    metadata: { name: 'probe' },
    spec: { ...minimal.RestApi, policies: [{ name: 'nobody-has-this', version: 'v1' }] },
  };
  const fixture: Pick<Fixture, 'before' | 'judged'> = { before: [], judged: probe };
  const place = await makePlace('agreement-probe', { fixture, generation }, policies, server);
  const object = placed(probe, place);
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    const { status } = await server.send('POST', `${collectionFor(object)}?dryRun=All`, object);
    if (status === 403) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the webhook did not hear of the gateways in time');
}
