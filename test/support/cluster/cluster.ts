import { existingCluster, namesExistingCluster } from './existing-cluster.ts';
import { startControlPlane } from './control-plane.ts';
import type { StartProgress } from './progress.ts';

export interface ClusterOptions {
  /** Kept at stop, and continued from at the next start. Default: a temporary folder, removed at stop. */
  readonly dataDir?: string;
  /** Also start kube-controller-manager: namespaces go, garbage is collected, Deployments make Pods. Default false. */
  readonly controllerManager?: boolean;
  /** A file that gets one JSON line (audit.k8s.io/v1 Event, level Metadata) per request, before it is answered. */
  readonly auditLog?: string;
  /** Default 127.100.0.0/24: ClusterIPs lie on loopback, where something may listen and the API server reaches it. */
  readonly serviceCidr?: string;
  /** Told what happens, one line each. */
  readonly log?: (line: string) => void;
  /** Told how long builds take. Default: standard error. */
  readonly startProgress?: StartProgress;
  /** Stops the cluster, or the attempt to start it. */
  readonly signal?: AbortSignal;
  readonly extraApiServerArgs?: readonly string[];
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface KubectlAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Cluster {
  /** Path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  readonly kubeconfigText: string;
  /** URL of the API server. */
  readonly server: string;
  /** Path of a kubectl whose version fits. */
  readonly kubectl: string;
  /** Runs kubectl as the admin. Resolves whatever its exit code. */
  kubectlRun(args: readonly string[], input?: string): Promise<KubectlAnswer>;
  /**
   * Path of a kubeconfig for another user, who may do nothing until RBAC allows it. A client certificate signed by
   * the cluster's authority; in a cluster that exists already, impersonation by the admin.
   */
  userKubeconfig(user: string, groups?: readonly string[]): Promise<string>;
  /** Ends every process and removes the temporary folder. Does nothing the second time, or to an existing cluster. */
  stop(): Promise<void>;
}

/**
 * Starts etcd and kube-apiserver (and kube-controller-manager) on loopback, building them first where the machine
 * has none. With USE_EXISTING_CLUSTER=true, the cluster that KUBECONFIG names is used instead.
 *
 * What is started does not keep the event loop alive and ends with this process, however this process ends.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const env = options.env ?? process.env;
  return namesExistingCluster(env)
    ? await existingCluster(options, env)
    : await startControlPlane(options, env);
}
