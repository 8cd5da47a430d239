import type { KubeClient } from '../../src/kube/client.ts';
import { isTerminating, key, type KubeObject, type ResourceType } from '../../src/kube/resource.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { durationText } from '../../src/runtime/setting.ts';
import { errorText } from '../../src/runtime/describe-error.ts';
import { each } from './each.ts';
import type { Stock } from './stock.ts';
import { UninstallError } from './uninstall-error.ts';

interface Dependencies {
  readonly client: Pick<KubeClient, 'delete'>;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** How often it is looked at what is left. */
const lookMs = 2000;
/** As many as are told by name. */
const mostNamed = 10;

/**
 * Deletes everything, one group of kinds after the other, and waits until the controller has let it go. What is left
 * when the time is over is told by name; it stays to be released.
 */
export async function deleteEverything(
  groups: readonly (readonly ResourceType[])[],
  stock: Stock,
  { timeoutMs }: { readonly timeoutMs: number },
  dependencies: Dependencies,
  signal: AbortSignal,
): Promise<void> {
  const { clock, say } = dependencies;
  const endMs = clock.monotonicMs() + timeoutMs;
  for (const types of groups) {
    let before = -1;
    for (;;) {
      const left = await deleteOnce(types, stock, dependencies, signal);
      if (left.length === 0) break;
      if (clock.monotonicMs() >= endMs) {
        say(`After ${durationText(timeoutMs)} ${left.length} are left, with what they have at gateways:`);
        left.slice(0, mostNamed).forEach((object) => say(`  ${object.kind} ${key(object)}`));
        break;
      }
      if (left.length !== before) say(`${left.length} of ${kindsIn(left)} are being deleted`);
      before = left.length;
      await clock.sleep(Math.min(lookMs, endMs - clock.monotonicMs()), signal);
      signal.throwIfAborted();
    }
  }
}

/** Asks for the deletion of what is not being deleted yet; returns what is there still. */
async function deleteOnce(
  types: readonly ResourceType[],
  stock: Stock,
  { client, clock }: Dependencies,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const found: KubeObject[] = [];
  for (const type of types) {
    const objects = await stock.of(type);
    found.push(...objects);
    const staying = objects.filter((object) => !isTerminating(object));
    const remove = ({ metadata: { namespace, name } }: KubeObject) => client.delete(type, namespace, name);
    const [failure] = await each(staying, remove, clock, signal);
    if (failure !== undefined)
      throw new UninstallError(
        `could not delete ${failure.item.kind} ${key(failure.item)}: ${errorText(failure.error)}`,
      );
  }
  return found;
}

function kindsIn(objects: readonly KubeObject[]): string {
  return [...new Set(objects.map(({ kind }) => kind))].join(', ');
}
