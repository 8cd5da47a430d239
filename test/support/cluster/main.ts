import { Command } from 'commander';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';

interface Flags {
  readonly controllerManager: boolean;
  readonly dataDir?: string;
  readonly auditLog?: string;
  readonly serviceCidr?: string;
  readonly apiServerArg?: readonly string[];
}

const examples = `
Examples:
  npm run cluster                              etcd and kube-apiserver, until Ctrl-C
  npm run cluster -- --controller-manager      namespaces go away, Deployments make Pods
  npm run cluster -- --data-dir ./my-cluster   continue tomorrow where you stopped today
  npm run cluster -- --api-server-arg=--v=4    more in kube-apiserver.log

The first start builds what is missing with Go 1.26 or newer, about 8 minutes on 2 cores. Binaries that you have
already: KUBEBUILDER_ASSETS=<folder>. Where builds are kept: PORTCULLIS_CACHE, else ~/.cache/portcullis.`;

const command = new Command('npm run cluster --')
  .description('Runs a local Kubernetes control plane on loopback, with RBAC and admission webhooks on.')
  .option('--controller-manager', 'also run kube-controller-manager', false)
  .option('--data-dir <folder>', 'keep the data there (default: a temporary folder, removed at the end)')
  .option('--audit-log <file>', 'write one JSON line per request')
  .option('--service-cidr <cidr>', 'range of ClusterIPs (default: 127.100.0.0/24, on loopback)')
  .option(
    '--api-server-arg <arg>',
    'pass to kube-apiserver; repeatable',
    (arg, all: string[] | undefined) => [...(all ?? []), arg],
  )
  .addHelpText('after', examples)
  .action(
    async ({ apiServerArg = [], ...flags }: Flags) =>
      await runUntilSignal({ ...flags, extraApiServerArgs: apiServerArg }),
  );

async function runUntilSignal(options: ClusterOptions): Promise<void> {
  const asked = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => asked.abort());
  const cluster = await startCluster({
    ...options,
    signal: asked.signal,
    log: (line) => console.error(line),
  });
  console.log(`Kubernetes ${await serverVersion(cluster)} is up. In another terminal:\n`);
  console.log(`export KUBECONFIG=${cluster.kubeconfig}`);
  console.log(`alias kubectl=${cluster.kubectl}\n\nCtrl-C ends it.`);
  await untilAborted(asked.signal);
  await cluster.stop();
}

async function serverVersion(cluster: Cluster): Promise<string> {
  const { stdout } = await cluster.kubectlRun(['get', '--raw', '/version']);
  return (JSON.parse(stdout) as { gitVersion: string }).gitVersion;
}

/** Waiting for a signal alone would let the process end: it is no reason for Node to stay. */
async function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stay = setInterval(() => undefined, 60_000);
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  if (!signal.aborted) await promise;
  clearInterval(stay);
}

try {
  await command.parseAsync();
} catch (error) {
  const aborted = error instanceof Error && error.name === 'AbortError';
  console.error(aborted ? 'stopped before it was ready' : error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
