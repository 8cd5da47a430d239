import type { Export, Exported } from '../../src/export/exported.ts';
import { titleOf } from '../../src/export/manifest.ts';
import type { Io } from '../io.ts';
import type { Written } from './write.ts';

interface Told {
  /** What was exported. */
  readonly of: string;
  readonly whole: Export;
  readonly written: Written;
}

/** Says on standard error what became of everything; gives whether nothing was left out and nothing will be refused. */
export function tell(io: Io, { of, whole, written }: Told): boolean {
  const { resources, notes, shipped } = whole;
  const { secrets, keepers, held } = written;
  const values = keepers.flatMap((keeper) => keeper.entries.map((entry) => ({ ...entry, of: keeper.of })));
  const missing = values.filter(({ value }) => value === undefined);
  const lost = secrets === undefined ? keepers : [];
  const leftOut = [
    ...whole.leftOut,
    ...held.map(({ manifest }) => ({
      what: titleOf(manifest),
      why: 'its spec holds a credential in clear; --to names a folder for it',
    })),
    ...lost.map(({ name, of: owner }) => ({
      what: `Secret ${name} of ${owner}`,
      why: 'it holds credentials; --secrets names a file for it',
    })),
  ];
  const refused = notes.filter(({ isRefused }) => isRefused);
  const others = notes.filter(({ isRefused }) => !isRefused);
  const lines = [
    `${of}: ${countsOf(resources.filter((one) => !held.includes(one)))}`,
    ...(shipped === 0 ? [] : [`${shipped} came with the gateway, are as they came, and need no manifest`]),
    ...(secrets === undefined || keepers.length === 0
      ? []
      : [
          `${values.length - missing.length} credentials are in ${secrets}, which is for nobody else and not for git`,
        ]),
    ...section(
      secrets === undefined || missing.length === 0
        ? ''
        : `to be filled in there, as the gateway does not show it; nothing is sent to a gateway before`,
      missing.map(({ of: owner, path }) => `${owner}: spec.${path}`),
    ),
    ...section(
      'left out',
      leftOut.map(({ what, why }) => `${what}: ${why}`),
    ),
    ...section(
      'admission refuses these as they are',
      refused.map(({ what, text }) => `${what}: ${text}`),
    ),
    ...section(
      'to be looked at',
      others.map(({ what, text }) => `${what}: ${text}`),
    ),
  ];
  io.err(`${lines.map(clean).join('\n')}\n`);
  return leftOut.length === 0 && refused.length === 0;
}

function countsOf(resources: readonly Exported[]): string {
  const counts = new Map<string, number>();
  for (const { manifest } of resources) counts.set(manifest.kind, (counts.get(manifest.kind) ?? 0) + 1);
  if (counts.size === 0) return 'nothing to export';
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** What a gateway made up must not steer the terminal. */
function clean(line: string): string {
  return line.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
