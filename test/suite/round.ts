import Mocha from 'mocha';

/** What became of the tests of one file. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface RoundOptions {
  /** How many files run at a time, each process with a control plane of its own. */
  readonly jobs: number;
  /** What a test may take that says nothing itself. */
  readonly timeoutMs: number;
}

/** Runs files, with mocha's usual report on standard output, and tells what became of each. */
export async function round(files: readonly string[], options: RoundOptions): Promise<Map<string, Tally>> {
  // Said outright, for mocha takes one job to mean this very process, which a test could end.
  const mocha = new Mocha({ jobs: options.jobs, timeout: options.timeoutMs }).parallelMode(true);
  for (const file of files) mocha.addFile(file);
  const tallies = new Map<string, Tally>(files.map((file) => [file, none]));
  await new Promise<void>((resolve) => {
    const count = ({ file }: { file?: string | undefined }, what: keyof Tally): void => {
      // What says no file of its own has come out of a process that ended, or of one that could not read its file.
      const where = file ?? 'no file';
      const before = tallies.get(where) ?? none;
      tallies.set(where, { ...before, [what]: before[what] + 1 });
    };
    mocha
      .run(() => {
        resolve();
      })
      .on('pass', (test) => {
        count(test, 'passed');
      })
      .on('fail', (test) => {
        count(test, 'failed');
      })
      .on('pending', (test) => {
        count(test, 'skipped');
      });
  });
  return tallies;
}

const none: Tally = { passed: 0, failed: 0, skipped: 0 };
