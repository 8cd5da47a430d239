import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from './cluster/cluster.ts';
import { freePorts } from './cluster/free-ports.ts';
import { Guarded, lastLines, type Process } from './cluster/guarded.ts';
import { configuration, home, install, installCrdsInto } from './installation.ts';
import { root } from './root.ts';
import { Service, type Endpoint } from './service.ts';

/** The emulator's admin port lies so far above its management port, as the real gateway's does. */
const adminDistance = 2;

export interface StackOptions {
  readonly cluster: Cluster;
  readonly api: 'v0.9' | 'v1';
  /** Where the gateway listens; its admin port is two higher. A free one when absent. */
  readonly gatewayPort?: number;
  /** For tests in which the CRDs come later. */
  readonly withoutCrds?: boolean;
  /** For those who bring gateways of their own; the addresses of this one then lead nowhere. */
  readonly withoutGateway?: boolean;
  /** Without it nothing is programmed: for tests of admission alone. */
  readonly withoutController?: boolean;
  /** Several stand behind a Service that spreads connections over those that are ready. Default 1. */
  readonly webhookReplicas?: number;
  /** More settings of the webhook, such as a longer drain. */
  readonly webhookSettings?: Readonly<Record<string, string>>;
  /** More settings of the controller, such as a shorter drift interval. */
  readonly controllerSettings?: Readonly<Record<string, string>>;
  /** Changes what was installed, before anything runs: for those who bring roles of their own. */
  readonly installed?: () => Promise<void>;
  /** Told what is being done; used by the demo to show it. */
  readonly step?: <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;
}

export interface WebhookReplica {
  /** Where it takes reviews, past the Service. */
  readonly url: string;
  /** Where its probes and metrics are. */
  readonly probeUrl: string;
  /** Resolves with how the process that runs now ended ("code 0"). */
  readonly ended: Promise<string>;
  /** As the kubelet begins to end a Pod. */
  terminate(): void;
  /** As a rollout does it: the process is told to go, and when it is gone another one takes its place and gets ready. */
  restart(): Promise<void>;
}

export interface Stack {
  readonly gatewayUrl: string;
  readonly adminUrl: string;
  readonly webhooks: readonly WebhookReplica[];
  /** Where the controller's probes and metrics are. */
  readonly controllerProbeUrl: string;
  /** Tells the controller to go, and resolves when it is gone. */
  endController(): Promise<void>;
  readonly logs: string;
  /** Ends the processes and takes the webhook configurations away. */
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
  const ports = await webhookPorts(options.webhookReplicas ?? 1);
  const service = ports.length === 1 ? undefined : new Service(ports);
  const webhooks: WebhookReplica[] = [];
  const [controllerProbe = 0] = await freePorts(1);
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
  const startWebhook = async ({ port, probePort, probeUrl, readyUrl }: WebhookPorts, index: number) => {
    const name = ports.length === 1 ? 'webhook' : `webhook-${index}`;
    const kubeconfig = await cluster.userKubeconfig('portcullis-webhook');
    const begin = async (called: string) => {
      const begun = start(called, 'webhook/main.ts', [], {
        PORTCULLIS_NAMESPACE: home,
        PORTCULLIS_KUBECONFIG: kubeconfig,
        PORTCULLIS_HOST: '127.0.0.1',
        PORTCULLIS_PORT: String(port),
        PORTCULLIS_PROBE_HOST: '127.0.0.1',
        PORTCULLIS_PROBE_PORT: String(probePort),
        PORTCULLIS_ALLOW_LOOPBACK: 'true',
        PORTCULLIS_DRAIN: '0ms',
        ...options.webhookSettings,
      });
      await ready(begun, readyUrl);
      return begun;
    };
    let webhook = await begin(name);
    let restarts = 0;
    const terminate = () => processes.signal(webhook, 'SIGTERM');
    return {
      url: `https://127.0.0.1:${port}`,
      probeUrl,
      get ended() {
        return webhook.ended;
      },
      terminate,
      restart: async () => {
        terminate();
        await webhook.ended;
        webhook = await begin(`${name}-${(restarts += 1)}-restarted`);
      },
    };
  };
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
    return controller;
  };
  try {
    await step('custom resource definitions, roles and webhook configurations', async () => {
      if (options.withoutCrds !== true) await installCrdsInto(cluster);
      await install(cluster, (await service?.start()) ?? ports[0]?.port ?? 0);
      await options.installed?.();
    });
    const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
    const adminUrl = `http://127.0.0.1:${gatewayPort + adminDistance}`;
    const startGateway = async () => {
      const args = ['--port', String(gatewayPort), '--api', api];
      await ready(start('gateway', 'test/support/gateway/main.ts', args), `${adminUrl}/health`);
    };
    if (options.withoutGateway !== true)
      await step(`the gateway emulator (management API ${api}) on port ${gatewayPort}`, startGateway);
    await step(ports.length === 1 ? 'the webhook' : `${ports.length} replicas of the webhook`, async () => {
      webhooks.push(...(await Promise.all(ports.map(startWebhook))));
    });
    const controller =
      options.withoutController === true ? undefined : await step('the controller', startController);
    const endController = async () => {
      if (controller === undefined) return;
      processes.signal(controller, 'SIGTERM');
      await controller.ended;
    };
    const end = () => stop(cluster, processes, service);
    const controllerProbeUrl = `http://127.0.0.1:${controllerProbe}`;
    return { gatewayUrl, adminUrl, webhooks, controllerProbeUrl, endController, logs: folder, stop: end };
  } catch (error) {
    await stop(cluster, processes, service);
    throw error;
  }
}

interface WebhookPorts extends Endpoint {
  readonly probePort: number;
  readonly probeUrl: string;
}

async function webhookPorts(replicas: number): Promise<readonly WebhookPorts[]> {
  const ports = await freePorts(2 * replicas);
  return Array.from({ length: replicas }, (_, index) => {
    const [port = 0, probePort = 0] = ports.slice(2 * index);
    const probeUrl = `http://127.0.0.1:${probePort}`;
    return { port, probePort, probeUrl, readyUrl: `${probeUrl}/readyz` };
  });
}

async function stop(cluster: Cluster, processes: Guarded, service: Service | undefined): Promise<void> {
  // First of all: a webhook that is gone must not hold up anybody's objects.
  for (const kind of ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration']) {
    await cluster.kubectlRun(['delete', kind, configuration, '--ignore-not-found']);
  }
  await processes.stop();
  await service?.stop();
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
