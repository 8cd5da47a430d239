import { table } from '../../src/kinds/table.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { customType } from '../../src/kube/core-types.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { KubeObject } from '../../src/kube/resource.ts';
import type { ResourceStatus } from '../../src/model/status.ts';
import { Exit, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { Say } from '../progress.ts';
import type { Manifest } from './judge.ts';

export type Applied = KubeObject<unknown, ResourceStatus>;

/** By which the API server knows whose fields these are. */
const fieldManager = 'portcullis-add-api';

/** How often its status is looked at; the controller writes it within half a second. */
const lookMs = 500;

export interface ApplySteps {
  readonly client: KubeClient;
  readonly io: Io;
  readonly timeoutMs: number;
  readonly isAwaited: boolean;
  readonly say: Say;
}

/**
 * Applies it, and waits until it is Ready.
 *
 * @throws Exit with what the status says, when time is up
 */
export async function applyUntilReady(manifest: Manifest, steps: ApplySteps): Promise<Applied> {
  const { client, io, timeoutMs, isAwaited, say } = steps;
  const type = customType(table.get(manifest.kind));
  const { namespace, name } = manifest.metadata;
  let seen = await applied(client, manifest, type);
  const until = io.clock.monotonicMs() + timeoutMs;
  while (isAwaited && !isReady(seen)) {
    say(`Waiting for ${name}: ${reasonOf(seen) ?? 'no gateway has it yet'}`);
    if (io.clock.monotonicMs() >= until) throw new Exit(exitCode.failed, late(manifest, seen, timeoutMs));
    await io.clock.sleep(lookMs, io.signal);
    io.signal.throwIfAborted();
    const now = await client.get<Applied>(type, namespace, name);
    if (now === undefined)
      throw new Exit(exitCode.failed, `somebody has deleted ${namespace}/${name} meanwhile`);
    seen = now;
  }
  return seen;
}

async function applied(
  client: KubeClient,
  manifest: Manifest,
  type: ReturnType<typeof customType>,
): Promise<Applied> {
  try {
    return await client.apply<Applied>(type, manifest, { fieldManager });
  } catch (error) {
    if (!isKubeError(error, 'conflict')) throw error;
    const { namespace, name } = manifest.metadata;
    throw new Exit(
      exitCode.failed,
      `somebody else manages fields of ${namespace}/${name}; choose another name, or write it with --dry-run and apply that`,
      { cause: error },
    );
  }
}

function conditionOf({ status }: Applied) {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

/** A condition of what stood there before says nothing of what was applied now. */
function isReady(resource: Applied): boolean {
  const ready = conditionOf(resource);
  return ready?.status === 'True' && ready.observedGeneration === resource.metadata.generation;
}

function reasonOf(resource: Applied): string | undefined {
  const ready = conditionOf(resource);
  return ready === undefined || ready.status === 'True' ? undefined : `${ready.reason}: ${ready.message}`;
}

function late({ kind, metadata: { namespace, name } }: Manifest, seen: Applied, timeoutMs: number): string {
  const why = reasonOf(seen) ?? 'its status says nothing: is the controller at work?';
  return `${kind} ${namespace}/${name} is applied, and was not Ready within ${timeoutMs / 1000} s: ${why}`;
}
