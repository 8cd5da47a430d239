import type { KubeClient } from '../../src/kube/client.ts';
import { deploymentType, podType } from '../../src/kube/core-types.ts';
import type { KubeObject } from '../../src/kube/resource.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { durationText } from '../../src/runtime/setting.ts';
import { UninstallError } from './uninstall-error.ts';

interface Place {
  readonly namespace: string;
  readonly deployment: string;
}

interface Dependencies {
  readonly client: Pick<KubeClient, 'get' | 'list' | 'mergePatch'>;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

type Deployment = KubeObject<{
  readonly replicas?: number;
  readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
}>;
type Pod = KubeObject<unknown, { readonly phase?: string }>;

/** How long its Pods may take to end; Kubernetes itself kills them after 30 s unless told otherwise. */
const endMs = 120_000;
const lookMs = 500;

/** Whether there is a controller that lets go what is deleted. */
export async function isRunning(
  { namespace, deployment }: Place,
  { client }: Dependencies,
): Promise<boolean> {
  const stored = await client.get<Deployment>(deploymentType, namespace, deployment);
  return stored !== undefined && stored.spec.replicas !== 0;
}

/**
 * Scales the controller to nothing and waits until the last of its Pods is gone: as long as one works, it puts finalizers
 * on what it serves. One that is being shut down may well have the last word, so that the Pods are asked, not the count.
 */
export async function stopController(
  { namespace, deployment }: Place,
  { client, clock, say }: Dependencies,
  signal: AbortSignal,
): Promise<void> {
  const title = `Deployment ${namespace}/${deployment}`;
  const stored = await client.get<Deployment>(deploymentType, namespace, deployment);
  if (stored === undefined) {
    say(`${title} is not there: no controller has to be stopped`);
    return;
  }
  const { replicas, selector } = stored.spec;
  if (replicas !== 0) {
    const none = { spec: { replicas: 0 } };
    await client.mergePatch(deploymentType, namespace, deployment, none, { subresource: 'scale' });
    say(`${title} is scaled to 0`);
  }
  const labels = Object.entries(selector.matchLabels ?? {}).map(([name, value]) => `${name}=${value}`);
  const overMs = clock.monotonicMs() + endMs;
  for (;;) {
    const { items } = await client.list<Pod>(podType, { namespace, labelSelector: labels.join() });
    const alive = items.filter(({ status }) => !['Succeeded', 'Failed'].includes(status?.phase ?? ''));
    if (alive.length === 0) return;
    if (clock.monotonicMs() >= overMs) {
      const names = alive.map(({ metadata }) => metadata.name).join(', ');
      throw new UninstallError(
        `could not go on because Pods of the controller are there still after ${durationText(endMs)}: ${names}`,
      );
    }
    await clock.sleep(lookMs, signal);
    signal.throwIfAborted();
  }
}
