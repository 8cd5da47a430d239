import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of recorded calls and measurements that lies next to the project, where there is one. */
const shared = join(import.meta.dirname, '..', '..', '..', '..', 'shared');

export function sharedFile(...path: readonly string[]): string {
  return join(shared, ...path);
}

/** Skips a suite that can't run here, and says so where nobody overlooks it. */
export function needShared(context: Mocha.Context, ...programs: readonly string[]): void {
  const missing = existsSync(shared) ? programs.find((program) => !runs(program)) : shared;
  if (missing === undefined) return;
  const title = context.test?.parent?.fullTitle() ?? '';
  process.stderr.write(`\n  *** SKIPPED: ${title}\n  *** because ${missing} is not on this machine.\n\n`);
  context.skip();
}

function runs(program: string): boolean {
  try {
    execFileSync(program, [program === 'openssl' ? 'version' : '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
