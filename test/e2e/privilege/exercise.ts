import { setTimeout as sleep } from 'node:timers/promises';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { customType } from '../../../src/kube/core-types.ts';
import { table } from '../../../src/kinds/table.ts';
import { group } from '../../../src/model/generation.ts';
import { exampleManifests } from '../../demo/examples.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import type { PacksConfigMap } from '../../../controller/packs/pack-files.ts';
import { home, release, type Site } from '../release.ts';
import { eventually } from '../../cluster/controller/scene.ts';
import { dangling, further, mayScrape, scraper } from './manifests.ts';

/** One thing that is done to make processes ask for something. */
export interface Step {
  readonly title: string;
  readonly act: () => Promise<unknown>;
}

export interface Exercise {
  readonly steps: readonly Step[];
  /** Takes the gateway away, however far the steps have come. */
  readonly end: () => Promise<void>;
}

const plurals = table.rows.map(({ plural }) => `${plural}.${group}`);
const certificate = `${release}-webhook-certificate`;

/**
 * Everything that processes have a permission for, in an order in which it can be done: a namespace lives and goes, with
 * a gateway of its own. May be done again under another name, also with less patience where it can't all succeed.
 */
export function exercise(site: Site, name: string, patienceSeconds = 40): Exercise {
  const patience = `--timeout=${patienceSeconds}s`;
  let gateway: Gateway | undefined;
  const inName = (args: readonly string[], input?: string) => site.kubectl([...args, '-n', name], input);
  const list = (items: readonly object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const ready = () => inName(['wait', '--for=condition=Ready', plurals.join(','), '--all', patience]);
  const steps: readonly Step[] = [
    {
      title: 'a resource of every kind comes and gets Ready',
      act: async () => {
        gateway = await startGateway({ api: 'v0.9', pollIntervalMs: 100 });
        const examples = await exampleManifests(gateway.url, gateway.adminUrl);
        const renamed = examples
          .replaceAll(/(namespace|name): shop$/gm, `$1: ${name}`)
          .replaceAll('gateway: edge', `gateway: ${name}`);
        await site.kubectl(['apply', '-f', '-'], renamed);
        await inName(['apply', '-f', '-'], list([...further(name), ...scraper]));
        await site.kubectl(['apply', '-f', '-'], list(mayScrape(name)));
        await ready();
      },
    },
    {
      title: 'a pack is switched off and on again, with what it leads to in reports',
      act: async () => {
        const name = 'baseline-plain-http';
        const packs = ['configmap', `${release}-packs`, '-n', home];
        const there = (condition: string) =>
          site.kubectl(['wait', `--for=${condition}`, `rvp/${name}`, `--timeout=${patienceSeconds}s`]);
        await there('create');
        const { data } = JSON.parse(await site.kubectl(['get', ...packs, '-o', 'json'])) as PacksConfigMap;
        const put = (files: object) =>
          site.kubectl(['patch', ...packs, '--type=merge', '-p', JSON.stringify({ data: files })]);
        const report = ['policyreports.wgpolicyk8s.io', 'portcullis'];
        await inName(['wait', '--for=create', ...report, patience]);
        try {
          await put({ 'baseline.yaml': '[]' });
          await there('delete');
          await inName(['wait', '--for=delete', ...report, patience]);
        } finally {
          await put(data ?? {});
        }
        await there('create');
        await there('condition=Ready');
        await inName(['wait', '--for=create', ...report, patience]);
      },
    },
    {
      title: 'what is not there is referred to',
      act: async () => {
        for (const object of dangling(name))
          await site.cluster.kubectlRun(
            ['create', '--dry-run=server', '-n', name, '-f', '-'],
            JSON.stringify(object),
          );
      },
    },
    {
      title: 'what is referred to is to be deleted',
      act: async () => {
        for (const { plural } of table.rows)
          await site.cluster.kubectlRun([
            ...['delete', `${plural}.${group}`, '-n', name, '--all', '--dry-run=server', '--wait=false'],
          ]);
      },
    },
    { title: 'metrics are read with a token', act: () => readMetrics(site, name) },
    {
      title: 'the certificate is lost in parts, and whole',
      act: async () => {
        for (let turn = 0; turn < 3; turn += 1) {
          const patch = '{"data":{"tls.crt":"","tls.key":""}}';
          await site.kubectl(['patch', 'secret', certificate, '-n', home, '--type=merge', '-p', patch]);
          await made(site, patienceSeconds);
        }
        await site.kubectl(['delete', 'secret', certificate, '-n', home]);
        await made(site, patienceSeconds);
      },
    },
    {
      title: 'the gateway loses everything twice, and a key that was made for it is lost',
      act: async () => {
        const key = '[{"op":"replace","path":"/data","value":{}}]';
        await inName(['patch', 'secret', 'books-partner-api-key', '--type=json', '-p', key]);
        for (let turn = 0; turn < 2; turn += 1) {
          const calls = gateway?.calls.length ?? 0;
          gateway?.restartEmpty();
          await until(
            () => gateway?.calls.slice(calls).some(({ path }) => path.endsWith('/api-keys')) === true,
            patienceSeconds,
          );
          await ready();
        }
      },
    },
    {
      title: 'something is left at the gateway on purpose, and what was noted of it is lost',
      act: async () => {
        await site.kubectl([
          'delete',
          'configmaps',
          '-n',
          home,
          '-l',
          'app.kubernetes.io/part-of=portcullis,app.kubernetes.io/managed-by!=Helm',
        ]);
        const policy = `${group}/deletion-policy`;
        await inName(['annotate', `restapis.${group}`, 'wordy', `${policy}=Orphan`, '--overwrite']);
        await inName(['annotate', `apigateways.${group}`, 'edge', `${policy}=Delete`, '--overwrite']);
      },
    },
    {
      title: 'what has happened more than once is counted',
      act: () => Promise.all([name, home].map((place) => counted(site, place, patienceSeconds))),
    },
    {
      title: 'everything goes, while others write to it',
      act: async () => {
        const busy = startAnnotating(site.cluster.kubeconfig, name);
        await inName(['delete', plurals.join(','), '--all', '--wait=false', '--cascade=background']).catch(
          () => undefined,
        );
        await sleep(4000);
        await busy.end();
        await inName(['delete', `apigateways.${group}`, '--all', patience]);
        await site.kubectl(['delete', 'namespace', name, patience]);
      },
    },
    {
      title: 'the processes start anew',
      act: async () => {
        await site.kubectl(['delete', 'leases', '--all', '-n', home]);
        await site.kubectl(['delete', 'pods', '--all', '-n', home, '--wait=false']);
        for (const process of ['webhook', 'controller'])
          await site.kubectl([
            'rollout',
            'status',
            `deployment/${release}-${process}`,
            '-n',
            home,
            '--timeout=90s',
          ]);
      },
    },
  ];
  return { steps, end: async () => await gateway?.stop() };
}

async function readMetrics(site: Site, name: string): Promise<void> {
  const token = (await site.kubectl(['create', 'token', 'scraper', '-n', name])).trim();
  for (const [process, port] of [
    ['webhook', 8081],
    ['controller', 8082],
  ] as const) {
    const selector = `app.kubernetes.io/component=${process}`;
    const ips = await site.kubectl([
      'get',
      'pods',
      '-n',
      home,
      '-l',
      selector,
      '-o',
      'jsonpath={.items[*].status.podIP}',
    ]);
    for (const ip of ips.split(' ')) {
      const answer = await fetch(`http://${ip}:${port}/metrics`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (!answer.ok) throw new Error(`the metrics of ${process} answer ${answer.status}`);
    }
  }
}

/** Changes an annotation of everything in a namespace as fast as it can: whoever writes by an old version meets a conflict. */
function startAnnotating(kubeconfig: string, namespace: string): { end(): Promise<void> } {
  const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: kubeconfig }) });
  let isOver = false;
  const lines = table.rows.map(async (row) => {
    const type = customType(row);
    for (let turn = 0; !isOver; turn += 1) {
      const { items } = await client.list(type, { namespace });
      await Promise.all(
        items.map(({ metadata }) =>
          client
            .mergePatch(type, namespace, metadata.name, { metadata: { annotations: { turn: String(turn) } } })
            .catch(() => undefined),
        ),
      );
      if (items.length === 0) await sleep(50);
    }
  });
  return {
    async end() {
      isOver = true;
      await Promise.all(lines);
    },
  };
}

/** Waits until an event of ours in this namespace says that it has happened before. */
async function counted({ kubectl }: Site, namespace: string, seconds: number): Promise<void> {
  const path = '{range .items[*]}{.reportingController} {.series.count}{"\\n"}{end}';
  await eventually(async () => {
    const lines = await kubectl(['get', 'events.events.k8s.io', '-n', namespace, '-o', `jsonpath=${path}`]);
    if (!/portcullis\S* \d/.test(lines)) throw new Error(`nothing was counted: ${lines}`);
  }, seconds * 1000);
}

/** Waits until there is a whole certificate. */
async function made({ kubectl }: Site, seconds: number): Promise<void> {
  const path = 'jsonpath={.data.tls\\.crt}';
  await eventually(async () => {
    const text = await kubectl(['get', 'secret', certificate, '-n', home, '-o', path]);
    if (text === '') throw new Error('there is no certificate');
  }, seconds * 1000);
}

async function until(holds: () => boolean, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > end) throw new Error('it did not come to pass');
    await sleep(100);
  }
}
