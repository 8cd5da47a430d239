import { join } from 'node:path';
import type { KubectlAnswer } from './cluster.ts';
import { run } from './run.ts';

/** Runs kubectl with a kubeconfig and nothing else of the machine's settings. `folder` takes its caches. */
export function kubectlRunner(kubectl: string, kubeconfig: string, folder: string, path: string | undefined) {
  const env = {
    PATH: path,
    HOME: folder,
    KUBECONFIG: kubeconfig,
    // What kubectl remembers of an API server is filed by address, and ours meet the same ports again.
    KUBECACHEDIR: join(folder, 'kubectl-cache'),
    KUBERC: 'off',
  };
  return async (args: readonly string[], input?: string): Promise<KubectlAnswer> =>
    await run(kubectl, args, { env, ...(input !== undefined && { input }) });
}
