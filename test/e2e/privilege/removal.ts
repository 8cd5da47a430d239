import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from '../release.ts';
import type { Asked, AuditLog } from './audit.ts';
import type { Step } from './exercise.ts';
import { covers, type Permission, type Rule, without } from './permission.ts';

const pollMs = 200;

/** Takes a permission away from the role that stands in the cluster. Returns what gives it back. */
export async function takeAway(
  { kubectl }: Site,
  permission: Permission,
  namespace: string,
): Promise<() => Promise<void>> {
  const [kind = '', name = ''] = permission.role.split('/');
  const where = kind === 'Role' ? ['-n', namespace] : [];
  const stored = JSON.parse(await kubectl(['get', kind.toLowerCase(), name, ...where, '-o', 'json'])) as {
    readonly rules: readonly Rule[];
  };
  const put = async (rules: readonly Rule[]) => {
    const patch = JSON.stringify({ rules });
    await kubectl(['patch', kind.toLowerCase(), name, ...where, '--type=merge', '-p', patch]);
  };
  await put(without(stored.rules, permission));
  return () => put(stored.rules);
}

/** Does everything that processes do, until one of them is refused what it was allowed before; undefined if none is. */
export async function firstRefusal(
  permission: Permission,
  steps: readonly Step[],
  audit: AuditLog,
  withinMs: number,
): Promise<Asked | undefined> {
  const from = (await audit.read()).length;
  const find = async () =>
    (await audit.read()).slice(from).find((asked) => asked.isForbidden && covers(permission, asked));
  const ending = AbortSignal.timeout(withinMs);
  const found = new AbortController();
  const acting = (async () => {
    for (const { act } of steps) {
      if (AbortSignal.any([ending, found.signal]).aborted) return;
      // What can't be done without the permission fails, and that is all right.
      await act().catch(() => undefined);
    }
  })();
  // Once all is done, what it has set going may still ask for a while.
  let refusal = await find();
  while (refusal === undefined && !ending.aborted) {
    await sleep(pollMs);
    refusal = await find();
  }
  found.abort();
  await acting;
  return refusal;
}
