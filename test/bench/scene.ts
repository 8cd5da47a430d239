import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubeClient, loadKubeConfig, type KubeClient } from '../../src/kube/client.ts';
import { group } from '../../src/model/generation.ts';
import { startCluster, type Cluster } from '../support/cluster/cluster.ts';
import { freePorts } from '../support/cluster/free-ports.ts';
import { configuration, home, install, installCrdsInto, succeed } from '../support/installation.ts';
import { deployed } from './deployed.ts';
import type { Bench } from './part.ts';
import { Programs, type Running } from './programs.ts';
import { namespace, takenLabel } from './resources.ts';

/** An emulated gateway, in a process of its own. */
export interface Site {
  readonly url: string;
  readonly adminUrl: string;
  readonly running: Running;
}

/** A control plane with Portcullis installed, and nothing of it running yet. */
export interface Scene {
  readonly cluster: Cluster;
  readonly client: KubeClient;
  readonly programs: Programs;
  /** Where reviews are sent to. */
  readonly webhookUrl: string;
  readonly controllerProbeUrl: string;
  startWebhook(core?: number): Promise<Running>;
  startController(settings?: Readonly<Record<string, string>>): Promise<Running>;
  startSite(name: string): Promise<Site>;
  /** Makes an APIGateway for an address; it takes what bears this value of the label. */
  addGateway(name: string, url: string, taken?: string): Promise<void>;
  /** The same, for one that takes everything in the cluster. */
  addGatewayForAll(name: string, url: string): Promise<void>;
  /** From now on nothing is reviewed. */
  withoutReviews(): Promise<void>;
  close(): Promise<void>;
}

const adminDistance = 2;

export async function openScene({
  say,
  signal,
  profiles,
}: Pick<Bench, 'say' | 'signal' | 'profiles'>): Promise<Scene> {
  say('a control plane, with definitions, roles and webhook configurations');
  const cluster = await startCluster({ signal, log: () => undefined });
  const programs = new Programs(await mkdtemp(join(tmpdir(), 'portcullis-bench-')), profiles);
  const close = async () => {
    await programs.stop();
    await cluster.stop();
  };
  try {
    const [port = 0, webhookProbe = 0, controllerProbe = 0] = await freePorts(3);
    await installCrdsInto(cluster);
    await install(cluster, port);
    const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster.kubeconfig }) });
    for (const name of [namespace, 'gateways']) await succeed(cluster, ['create', 'namespace', name]);
    const common = {
      PORTCULLIS_NAMESPACE: home,
      PORTCULLIS_ALLOW_LOOPBACK: 'true',
      PORTCULLIS_PROBE_HOST: '127.0.0.1',
    };
    return {
      cluster,
      client,
      programs,
      webhookUrl: `https://127.0.0.1:${port}`,
      controllerProbeUrl: `http://127.0.0.1:${controllerProbe}`,
      startWebhook: async (core) =>
        await programs.start('webhook', {
          script: 'dist/webhook/main.js',
          flags: deployed('webhook').flags,
          core,
          readyUrl: `http://127.0.0.1:${webhookProbe}/readyz`,
          settings: {
            ...deployed('webhook').settings,
            ...common,
            PORTCULLIS_KUBECONFIG: await cluster.userKubeconfig('portcullis-webhook'),
            PORTCULLIS_HOST: '127.0.0.1',
            PORTCULLIS_PORT: String(port),
            PORTCULLIS_PROBE_PORT: String(webhookProbe),
            PORTCULLIS_DRAIN: '0ms',
          },
        }),
      startController: async (settings = {}) =>
        await programs.start('controller', {
          script: 'dist/controller/main.js',
          flags: deployed('controller').flags,
          readyUrl: `http://127.0.0.1:${controllerProbe}/readyz`,
          // Who waits to be elected is ready already.
          saysAtWork: 'Every kind is listed; the work begins',
          settings: {
            ...deployed('controller').settings,
            ...common,
            PORTCULLIS_KUBECONFIG: await cluster.userKubeconfig('portcullis-controller'),
            PORTCULLIS_PROBE_PORT: String(controllerProbe),
            ...settings,
          },
        }),
      startSite: async (name) => {
        const [sitePort = 0] = await freePorts(1, [adminDistance]);
        const adminUrl = `http://127.0.0.1:${sitePort + adminDistance}`;
        const running = await programs.start(name, {
          script: 'test/support/gateway/main.ts',
          args: ['--port', String(sitePort), '--api', 'v1'],
          readyUrl: `${adminUrl}/health`,
        });
        return { url: `http://127.0.0.1:${sitePort}`, adminUrl, running };
      },
      addGateway: (name, url, taken = 'yes') =>
        applied(
          cluster,
          gateway(name, url, { scope: 'LabelSelector', matchLabels: { [takenLabel]: taken } }),
        ),
      addGatewayForAll: (name, url) => applied(cluster, gateway(name, url, { scope: 'Cluster' })),
      withoutReviews: async () => {
        for (const kind of ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration'])
          await succeed(cluster, ['delete', kind, configuration]);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function applied(cluster: Cluster, list: object): Promise<void> {
  await succeed(cluster, ['apply', '--server-side', '-f', '-'], JSON.stringify(list));
}

function gateway(name: string, url: string, apiSelector: object): object {
  const secret = `${name}-admin`;
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: secret, namespace: 'gateways' },
        stringData: { username: 'admin', password: 'admin' },
      },
      {
        apiVersion: `${group}/v1`,
        kind: 'APIGateway',
        metadata: { name, namespace: 'gateways' },
        spec: {
          apiSelector,
          management: { url, apiVersion: 'v1', auth: { basic: { secretRef: { name: secret } } } },
        },
      },
    ],
  };
}
