import type { KubeClient } from '../../src/kube/client.ts';
import { key, type KubeObject, type ResourceType } from '../../src/kube/resource.ts';
import { finalizer } from '../../src/model/annotations.ts';
import { errorText } from '../../src/runtime/describe-error.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { removeFinalizer } from '../status/finalizer.ts';
import { each } from './each.ts';
import type { Stock } from './stock.ts';
import { UninstallError } from './uninstall-error.ts';

interface Dependencies {
  readonly client: Pick<KubeClient, 'list' | 'mergePatch'>;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** The first finds all but what is created at that moment; one after another that finds any has a reason. */
const mostRounds = 5;

/** Takes our finalizer off everything, and looks again until it is on nothing. What stands at gateways stays there. */
export async function release(
  types: readonly ResourceType[],
  stock: Stock,
  { client, clock, say }: Dependencies,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 1; round <= mostRounds; round += 1) {
    let count = 0;
    for (const type of types) {
      const held = (await stock.of(type)).filter(isHeld);
      if (held.length === 0) continue;
      count += held.length;
      const failures = await each(held, (object) => removeFinalizer(client, type, object), clock, signal);
      const [first] = failures;
      if (first !== undefined) throw failed(failures.length, first.item, first.error);
      say(`${type.plural}: ${held.length} released`);
    }
    if (count === 0) return;
  }
  throw new UninstallError(
    'could not release everything because finalizers are put on again: a controller of Portcullis still runs somewhere',
  );
}

function isHeld({ metadata }: KubeObject): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

function failed(count: number, object: KubeObject, error: unknown): UninstallError {
  const name = `${object.kind} ${key(object)}`;
  return new UninstallError(`could not release ${count} resources, ${name} among them: ${errorText(error)}`);
}
