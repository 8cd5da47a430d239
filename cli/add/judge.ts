import { sentencesOf } from '../../src/checks/refusal.ts';
import { benchFor } from '../validate/bench.ts';
import { judgeAll } from '../validate/judge.ts';
import type { Bench } from '../validate/bench.ts';
import { sorted } from '../validate/sort.ts';
import { nothing } from '../validate/surroundings.ts';
import { unreviewed } from '../validate/unreviewed.ts';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: unknown;
}

/** What `validate` says of a manifest alone; the webhook says the rest when it is applied. */
export async function faultsInManifest(
  manifest: Manifest,
  known: Pick<Bench, 'table' | 'schemas'>,
  now: Date,
): Promise<{ readonly errors: readonly string[]; readonly warnings: readonly string[] }> {
  const document = {
    file: '',
    isNamed: true,
    value: manifest as unknown as Readonly<Record<string, unknown>>,
    at: () => ({ line: 1, column: 1 }),
  };
  const files = sorted([document], manifest.metadata.namespace, known.table);
  const options = {
    enforcement: 'Warn' as const,
    inlineSecrets: 'Warn' as const,
    allowLoopback: true,
    generation: undefined,
    maxRemovalPercent: 20,
    now,
  };
  const bench = await benchFor(files, nothing, options, known, unreviewed);
  const said = (await judgeAll(files, bench)).flatMap((judgement) => judgement.said);
  return { errors: sentencesOf(said, 'deny'), warnings: sentencesOf(said, 'warn') };
}
