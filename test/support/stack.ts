import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterRoles } from '../../crds/rbac.ts';
import { webhookConfigurations } from '../../crds/webhooks.ts';
import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import type { Cluster } from './cluster/cluster.ts';
import { freePorts } from './cluster/free-ports.ts';
import { Guarded, lastLines, type Process } from './cluster/guarded.ts';
import { crdFolder, root } from './root.ts';

/** Portcullis as it is installed: its own namespace, its own users, one process each. */
export const home = 'portcullis-system';
const configuration = 'portcullis';
/** The emulator's admin port lies so far above its management port, as the real gateway's does. */
const adminDistance = 2;
const plurals = { rows: table.rows.map(({ plural }) => plural), gateway: gatewayKind.plural };

export interface StackOptions {
  readonly cluster: Cluster;
  readonly api: 'v0.9' | 'v1';
  /** Where the gateway listens; its admin port is two higher. A free one when absent. */
  readonly gatewayPort?: number;
  /** Without it nothing is programmed: for tests of admission alone. */
  readonly withoutController?: boolean;
  /** More settings of the controller, such as a shorter drift interval. */
  readonly controllerSettings?: Readonly<Record<string, string>>;
  /** Told what is being done; used by the demo to show it. */
  readonly step?: <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;
}

export interface Stack {
  readonly gatewayUrl: string;
  readonly adminUrl: string;
  readonly logs: string;
  /** Ends the three processes and takes the webhook configurations away. */
  stop(): Promise<void>;
}

/** Does it without a word. */
async function plainly<Result>(_title: string, work: () => Promise<Result>): Promise<Result> {
  return await work();
}

/** Starts emulator, webhook and controller as processes of their own, beside a control plane that runs already. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { cluster, api, step = plainly } = options;
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  const processes = new Guarded(folder, { removeFolder: true });
  const gatewayPort = options.gatewayPort ?? (await freePorts(1, [adminDistance]))[0] ?? 0;
  const [webhookPort = 0, webhookProbe = 0, controllerProbe = 0] = await freePorts(3);
  const start = (
    name: string,
    script: string,
    args: readonly string[],
    settings: Readonly<Record<string, string>> = {},
  ) =>
    processes.start(name, 'env', [
      ...Object.entries(settings).map(([key, value]) => `${key}=${value}`),
      process.execPath,
      join(root, script),
      ...args,
    ]);
  const startController = async () => {
    const controller = start('controller', 'controller/main.ts', [], {
      PORTCULLIS_NAMESPACE: home,
      PORTCULLIS_KUBECONFIG: await cluster.userKubeconfig('portcullis-controller'),
      PORTCULLIS_ALLOW_LOOPBACK: 'true',
      PORTCULLIS_PROBE_HOST: '127.0.0.1',
      PORTCULLIS_PROBE_PORT: String(controllerProbe),
      ...options.controllerSettings,
    });
    await ready(controller, `http://127.0.0.1:${controllerProbe}/readyz`);
  };
  try {
    await step('custom resource definitions, roles and webhook configurations', () =>
      install(cluster, webhookPort),
    );
    const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
    const adminUrl = `http://127.0.0.1:${gatewayPort + adminDistance}`;
    await step(`the gateway emulator (management API ${api}) on port ${gatewayPort}`, async () => {
      const gateway = start('gateway', 'test/support/gateway/main.ts', [
        '--port',
        String(gatewayPort),
        '--api',
        api,
      ]);
      await ready(gateway, `${adminUrl}/health`);
    });
    await step('the webhook', async () => {
      const webhook = start('webhook', 'webhook/main.ts', [], {
        PORTCULLIS_NAMESPACE: home,
        PORTCULLIS_KUBECONFIG: await cluster.userKubeconfig('portcullis-webhook'),
        PORTCULLIS_HOST: '127.0.0.1',
        PORTCULLIS_PORT: String(webhookPort),
        PORTCULLIS_PROBE_HOST: '127.0.0.1',
        PORTCULLIS_PROBE_PORT: String(webhookProbe),
        PORTCULLIS_ALLOW_LOOPBACK: 'true',
        PORTCULLIS_DRAIN: '0ms',
      });
      await ready(webhook, `http://127.0.0.1:${webhookProbe}/readyz`);
    });
    if (options.withoutController !== true) await step('the controller', () => startController());
    return { gatewayUrl, adminUrl, logs: folder, stop: () => stop(cluster, processes) };
  } catch (error) {
    await stop(cluster, processes);
    throw error;
  }
}

async function stop(cluster: Cluster, processes: Guarded): Promise<void> {
  // First of all: a webhook that is gone must not hold up anybody's objects.
  for (const kind of ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration']) {
    await cluster.kubectlRun(['delete', kind, configuration, '--ignore-not-found']);
  }
  await processes.stop();
}

async function install(cluster: Cluster, webhookPort: number): Promise<void> {
  const place = { namespace: home, service: 'portcullis-webhook', port: webhookPort, name: configuration };
  const metadata = (name: string) => ({ name, namespace: home });
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } },
    // Outside a cluster there are no Pods: the Service leads to this machine, the certificate stays the Service's.
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(place.service),
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: webhookPort }] },
    },
    ...clusterRoles({ configuration }, plurals),
    ...['portcullis-webhook', 'portcullis-controller'].map((name) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
    })),
    ...['portcullis-webhook', 'portcullis-controller'].map((name) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: metadata(`${name}-own`),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `${name}-own` },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
    })),
    ...webhookConfigurations(place, plurals),
  ];
  await succeed(cluster, ['apply', '--server-side', '-f', crdFolder]);
  await succeed(cluster, [
    'wait',
    '--for=condition=Established',
    'crd',
    '-l',
    'app.kubernetes.io/part-of=portcullis',
    '--timeout=60s',
  ]);
  await succeed(
    cluster,
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );
}

/** Runs kubectl as the administrator; an exit status other than 0 is an error that repeats what it said. */
export async function succeed(cluster: Cluster, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectlRun(args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return stdout;
}

/** Waits until a process answers 200, or says why it never will. */
async function ready(process: Process, url: string): Promise<void> {
  let ended: string | undefined;
  void process.ended.then((how) => (ended = how));
  const deadline = Date.now() + 60_000;
  let last = 'no answer';
  while (Date.now() < deadline) {
    if (ended !== undefined) break;
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (response?.ok === true) return;
    if (response !== undefined) last = await response.text();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const why = ended === undefined ? `is not ready: ${last}` : `ended (${ended})`;
  throw new Error(`${process.name} ${why}\n  ${await lastLines(process.logFile, 20)}`);
}
