import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../support/root.ts';

export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs the command as people do, in a process of its own that knows no kubeconfig. */
export function portcullis(
  args: readonly string[],
  { stdin = '', env = {}, cwd = root }: RunOptions = {},
): Promise<Ending> {
  const child = spawn(process.execPath, [join(root, 'cli/main.ts'), ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
