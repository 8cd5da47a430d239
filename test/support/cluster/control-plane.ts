import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findBinary } from './binaries.ts';
import type { Cluster, ClusterOptions } from './cluster.ts';
import {
  apiServerArgs,
  auditPolicy,
  auditPolicyFile,
  controllerManagerArgs,
  etcdArgs,
  type Layout,
} from './command-lines.ts';
import { freePorts } from './free-ports.ts';
import { Guarded, lastLines, type Process } from './guarded.ts';
import { type Access, kubeconfigText } from './kubeconfig.ts';
import { kubectlRunner } from './kubectl.ts';
import { type Pki, preparePki } from './pki.ts';
import { untilControllersWork, untilReady } from './readiness.ts';

/** Between asking for a free port and using it, somebody else may take it. */
const attempts = 3;

interface Programs {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
  readonly controllerManager: string | undefined;
}

export async function startControlPlane(options: ClusterOptions, env: NodeJS.ProcessEnv): Promise<Cluster> {
  const programs = await findPrograms(options, env);
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(programs, options, env);
    } catch (error) {
      const portTaken = error instanceof Error && error.message.includes('address already in use');
      if (!portTaken || attempt === attempts) throw error;
      options.log?.('a port was taken meanwhile, starting again');
    }
  }
}

/** One after another: builds share Go's cache and the cores, and the order is that of the need. */
async function findPrograms(options: ClusterOptions, env: NodeJS.ProcessEnv): Promise<Programs> {
  const { signal, startProgress } = options;
  const where = { env, signal, ...(startProgress && { startProgress }) };
  return {
    etcd: await findBinary('etcd', where),
    apiServer: await findBinary('kube-apiserver', where),
    kubectl: await findBinary('kubectl', where),
    controllerManager: options.controllerManager
      ? await findBinary('kube-controller-manager', where)
      : undefined,
  };
}

async function start(programs: Programs, options: ClusterOptions, env: NodeJS.ProcessEnv): Promise<Cluster> {
  const { log = () => undefined, signal } = options;
  signal?.throwIfAborted();
  const startedAt = Date.now();
  const folder = await dataFolder(options);
  const guarded = new Guarded(folder, { removeFolder: options.dataDir === undefined });
  try {
    const layout = await layOut(folder, options);
    const etcd = guarded.start('etcd', programs.etcd, etcdArgs(layout));
    const pki = await preparePki(folder, layout.serviceCidr);
    const access = accessOf(layout, pki);
    const apiServer = guarded.start(
      'kube-apiserver',
      programs.apiServer,
      apiServerArgs(layout, options.extraApiServerArgs ?? []),
    );
    const kubeconfig = await writeKubeconfig(folder, 'admin', access);
    await untilReady(access, [apiServer, etcd], signal);
    const processes = [etcd, apiServer];
    if (programs.controllerManager !== undefined) {
      const args = controllerManagerArgs(layout, kubeconfig);
      processes.push(guarded.start('kube-controller-manager', programs.controllerManager, args));
      await untilControllersWork(access, processes.slice().reverse(), signal);
    }
    log(`the cluster is ready at ${access.server} after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    const stop = stopper(guarded, processes, log);
    signal?.addEventListener('abort', () => void stop(), { once: true });
    return {
      kubeconfig,
      kubeconfigText: kubeconfigText('admin', access),
      server: access.server,
      kubectl: programs.kubectl,
      kubectlRun: kubectlRunner(programs.kubectl, kubeconfig, folder, env.PATH),
      userKubeconfig: async (user, groups = []) => {
        const client = await pki.authority.issue({ commonName: user, organizations: groups });
        return await writeKubeconfig(
          folder,
          user,
          { ...access, client },
          `${encodeURIComponent(user)}-${randomUUID()}`,
        );
      },
      stop,
    };
  } catch (error) {
    await guarded.stop();
    throw error;
  }
}

async function dataFolder({ dataDir }: ClusterOptions): Promise<string> {
  if (dataDir === undefined) return await mkdtemp(join(tmpdir(), 'portcullis-cluster-'));
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return resolve(dataDir);
}

async function layOut(folder: string, options: ClusterOptions): Promise<Layout> {
  const [etcdPort = 0, etcdPeerPort = 0, apiServerPort = 0] = await freePorts(3);
  const { auditLog, serviceCidr = '127.100.0.0/24' } = options;
  if (auditLog !== undefined) await writeFile(join(folder, auditPolicyFile), JSON.stringify(auditPolicy));
  const layout = { folder, etcdPort, etcdPeerPort, apiServerPort, serviceCidr };
  return { ...layout, auditLog: auditLog === undefined ? undefined : resolve(auditLog) };
}

function accessOf({ apiServerPort }: Layout, { authority, admin }: Pki): Access {
  const server = `https://127.0.0.1:${apiServerPort}`;
  return { server, certificateAuthority: authority.pair.certificate, client: admin };
}

async function writeKubeconfig(folder: string, user: string, access: Access, name = user): Promise<string> {
  const path = join(folder, `${name}.kubeconfig`);
  await writeFile(path, kubeconfigText(user, access), { mode: 0o600 });
  return path;
}

/** Until it is told to stop, a process that ends is news. */
function stopper(
  guarded: Guarded,
  processes: readonly Process[],
  log: (line: string) => void,
): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  for (const { name, ended, logFile } of processes) {
    void ended.then(async (how) => {
      if (stopping === undefined)
        log(`${name} ended with ${how}, last lines:\n  ${await lastLines(logFile, 15)}`);
    });
  }
  return async () => await (stopping ??= guarded.stop());
}
