import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { root } from '../../support/root.ts';

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as people do, a process of its own, with the administrator's kubeconfig unless another is given. */
export function portcullis(
  cluster: Pick<Cluster, 'kubeconfig'>,
  args: readonly string[],
  input = '',
): Promise<Answer> {
  const child = spawn(process.execPath, [join(root, 'cli/main.ts'), ...args], {
    env: { ...process.env, KUBECONFIG: cluster.kubeconfig, NO_COLOR: '1' },
  });
  const answer = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (answer.stderr += text));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...answer, code: code ?? -1 }));
  });
}
