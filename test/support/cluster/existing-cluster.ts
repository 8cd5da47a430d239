import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { findBinary } from './binaries.ts';
import type { Cluster, ClusterOptions } from './cluster.ts';
import { kubectlRunner } from './kubectl.ts';

interface Kubeconfig {
  readonly 'current-context': string;
  readonly contexts: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string };
  }[];
  readonly clusters: readonly { readonly name: string; readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly name: string; readonly user: object }[];
}

export function namesExistingCluster(env: NodeJS.ProcessEnv): boolean {
  return env.USE_EXISTING_CLUSTER === 'true';
}

/** A cluster that somebody else started and will stop. The kubeconfig's current user must be its admin. */
export async function existingCluster(options: ClusterOptions, env: NodeJS.ProcessEnv): Promise<Cluster> {
  refuseWhatOnlyStartingCanDo(options);
  const kubeconfig = env.KUBECONFIG?.split(delimiter)[0] ?? join(env.HOME ?? homedir(), '.kube', 'config');
  const kubeconfigText = await readFile(kubeconfig, 'utf8').catch((cause: unknown) => {
    throw new Error(`could not use an existing cluster because ${kubeconfig} (KUBECONFIG) is not readable`, {
      cause,
    });
  });
  const { server, impersonating } = current(parse(kubeconfigText) as Kubeconfig, kubeconfig);
  const kubectl = await findBinary('kubectl', { env, signal: options.signal });
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-existing-'));
  return {
    kubeconfig,
    kubeconfigText,
    server,
    kubectl,
    kubectlRun: kubectlRunner(kubectl, kubeconfig, folder, env.PATH),
    userKubeconfig: async (user, groups = []) => {
      const path = join(folder, `${encodeURIComponent(user)}-${randomUUID()}.kubeconfig`);
      await writeFile(path, stringify(impersonating(user, groups)), { mode: 0o600 });
      return path;
    },
    stop: async () => await rm(folder, { recursive: true, force: true }),
  };
}

function refuseWhatOnlyStartingCanDo({ auditLog, extraApiServerArgs = [] }: ClusterOptions): void {
  const asked = [
    ...(auditLog === undefined ? [] : ['auditLog']),
    ...(extraApiServerArgs.length > 0 ? ['extraApiServerArgs'] : []),
  ];
  if (asked.length === 0) return;
  throw new Error(
    `could not use an existing cluster because ${asked.join(' and ')} can only be given to one that is started`,
  );
}

function current(config: Kubeconfig, path: string) {
  const context = config.contexts.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  if (cluster === undefined)
    throw new Error(`could not use an existing cluster because ${path} has no current context`);
  const impersonating = (user: string, groups: readonly string[]): object => ({
    ...config,
    users: config.users.map((entry) =>
      entry.name === context?.user
        ? { ...entry, user: { ...entry.user, as: user, ...(groups.length > 0 && { 'as-groups': groups }) } }
        : entry,
    ),
  });
  return { server: cluster.server, impersonating };
}
