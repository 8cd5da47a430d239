import type { Cluster, KubectlAnswer } from './cluster.ts';
import { findBinary } from './binaries.ts';
import { run } from './run.ts';

/** Runs helm as the administrator of a cluster, with nothing else of the machine's settings. Resolves whatever its exit code. */
export async function helmFor(
  { kubeconfig }: Pick<Cluster, 'kubeconfig'>,
  folder: string,
): Promise<(args: readonly string[]) => Promise<KubectlAnswer>> {
  const helm = await findBinary('helm');
  const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfig, NO_COLOR: '1' };
  return async (args) => await run(helm, args, { env });
}
