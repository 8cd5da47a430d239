import type { KubeObject } from '../../src/kube/resource.ts';
import type { Readiness } from './readiness.ts';
import { api, apiType, namespace, type ApiOptions } from './resources.ts';
import type { Scene } from './scene.ts';

/** Makes one, waits until it is Ready, and takes it away: gateways that were never reached are not what is measured. */
export async function warmUp(
  { client }: Pick<Scene, 'client'>,
  readiness: Readiness,
  options: ApiOptions = {},
): Promise<KubeObject> {
  await client.create(apiType, api('first', options));
  await readiness.ready(1);
  const object = await client.get<KubeObject>(apiType, namespace, 'first');
  if (object === undefined) throw new Error('what was made to warm up is gone');
  await client.delete(apiType, namespace, 'first');
  await readiness.left(0);
  return object;
}
