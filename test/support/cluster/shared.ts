import { randomBytes } from 'node:crypto';
import { type Cluster, startCluster } from './cluster.ts';

/** The first start of all may have to build what the machine does not have: ten minutes, and an hour on one slow core. */
const startTimeoutMs = 60 * 60 * 1000;

let starting: Promise<Cluster> | undefined;

/**
 * The one control plane of this mocha process, with kube-controller-manager, so that what is deleted goes. Started
 * by the first who asks, stopped by its guard when this process ends; tests keep apart by namespaces
 * (`freshNamespace`) and by names of what has none.
 */
export function sharedCluster(): Promise<Cluster> {
  return (starting ??= startCluster({ controllerManager: true }));
}

/** For the body of a `describe`: starts the shared control plane before its tests, and gives it to them. */
export function useCluster(): () => Cluster {
  let cluster: Cluster | undefined;
  before('the control plane starts', async function () {
    this.timeout(startTimeoutMs);
    cluster = await sharedCluster();
  });
  return () => {
    if (cluster === undefined)
      throw new Error('there is no cluster before the tests run: ask for it inside one');
    return cluster;
  };
}

/** Creates a namespace that nobody else has and returns its name: the prefix and some random letters. */
export async function freshNamespace(prefix: string): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  await kubectl(['create', 'namespace', name]);
  return name;
}

/** Applies manifests as the admin; rejects with kubectl's message if any of them is refused. Returns what it printed. */
export async function applyYaml(text: string, namespace?: string): Promise<string> {
  return await kubectl(
    ['apply', ...(namespace === undefined ? [] : ['--namespace', namespace]), '-f', '-'],
    text,
  );
}

/** Runs kubectl as the admin of the shared cluster; rejects unless it succeeds. Returns what it printed. */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const cluster = await sharedCluster();
  const { code, stdout, stderr } = await cluster.kubectlRun(args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return stdout;
}
