import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../part.ts';
import type { Grown } from '../parts/scale.ts';
import { residentBytes } from '../process-usage.ts';
import { median } from '../statistics.ts';

const samples = 10;
const pauseMs = 1000;
/** What a process may hold with nothing, and for each resource more; in bytes. */
const bar = { base: 120e6, each: 15e3 };

/**
 * What both processes hold after everything has become so many, and again when they were started with so many; the
 * larger of the two counts.
 */
export async function measureMemory(grown: Grown, { record, say }: Bench): Promise<void> {
  const { resources } = grown;
  const most = bar.base + bar.each * resources;
  for (const which of ['webhook', 'controller'] as const) {
    const before = await resident(grown[which].pid);
    const after = await resident((await grown.restart(which)).pid);
    say(
      `${resources} resources: the ${which} holds ${Math.round(before / 1e6)} MB, ${Math.round(after / 1e6)} anew`,
    );
    record.figure(`memory-${resources}-${which}`, before / 1e6, 'MB');
    record.figure(`memory-${resources}-${which}-started-anew`, after / 1e6, 'MB');
    record.point(curve, which, resources, Math.max(before, after) / 1e6);
    record.point(curve, 'the bar', resources, most / 1e6);
    record.bar(
      `memory-${which}-${resources}`,
      Math.max(before, after) / most,
      'at most',
      1,
      `resident memory with ${resources} resources / 120 MB and 15 KB for each`,
    );
  }
}

const curve = { name: 'memory', title: 'Resident memory', x: 'resources', y: 'MB' };

async function resident(pid: number): Promise<number> {
  const seen: number[] = [];
  while (seen.length < samples) {
    await sleep(pauseMs);
    seen.push(residentBytes(pid));
  }
  return median(seen);
}
