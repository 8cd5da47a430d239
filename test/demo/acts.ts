import { table } from '../../src/kinds/table.ts';
import { group } from '../../src/model/generation.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { succeed } from '../support/installation.ts';
import type { Stack } from '../support/stack.ts';
import { exampleManifests, servedBy } from './examples.ts';
import { refusals } from './refusals.ts';
import { bold, command, heading, indented, print, step } from './terminal.ts';

const namespace = 'shop';

type Api = 'v0.9' | 'v1';

const served = (api: Api) => table.rows.filter(({ collection }) => collection.generations.includes(api));

/** Every kind, admitted and programmed. */
export async function applyExamples(cluster: Cluster, stack: Stack, api: Api): Promise<void> {
  heading('A namespace with a resource of every kind');
  const manifests = servedBy(await exampleManifests(stack.gatewayUrl, stack.adminUrl), api);
  command('kubectl apply -f examples/', await succeed(cluster, ['apply', '-f', '-'], manifests));
  await succeed(cluster, ['create', 'namespace', 'other']);
  for (const { plural, kind } of served(api)) {
    await step(`every ${kind} is Ready`, () =>
      succeed(cluster, [
        'wait',
        '--for=condition=Ready',
        `${plural}.${group}`,
        '--all',
        '-n',
        namespace,
        '--timeout=45s',
      ]),
    );
  }
}

/** What must not get in, as kubectl prints it. */
export async function showRefusals(cluster: Cluster): Promise<void> {
  heading('What is refused at kubectl apply');
  for (const { title, says, manifest } of refusals) {
    const { code, stderr } = await cluster.kubectlRun(['apply', '-f', '-'], JSON.stringify(manifest));
    print(`${bold(title)}\n${indented(stderr)}`);
    if (code === 0) throw new Error(`${title} was not refused`);
    if (!says.test(stderr)) throw new Error(`${title} was refused with other words than ${says.source}`);
  }
}

/** What Kubernetes says of every kind, and what the gateway holds. */
export async function showState(cluster: Cluster, stack: Stack, api: Api): Promise<void> {
  heading('What kubectl get says');
  command(
    `kubectl get apigateways -n ${namespace}`,
    await succeed(cluster, ['get', 'apigateways', '-n', namespace]),
  );
  for (const { plural } of served(api)) {
    command(
      `kubectl get ${plural}.${group} -n ${namespace}`,
      await succeed(cluster, ['get', `${plural}.${group}`, '-n', namespace]),
    );
  }
  heading('What the gateway holds now');
  const paths = new Map<string, string>();
  for (const row of served(api)) {
    const { path, listKey } = row.collection;
    for (const parent of row.identity.is === 'nested' ? await parentPaths(cluster, row) : [''])
      paths.set(parent + path, listKey);
  }
  for (const [path, listKey] of paths) {
    const items = await collectionOf(stack, api, path, listKey);
    print(indented(`GET ${path}: ${items.map(nameOf).join(', ') || 'nothing'}`));
  }
}

/** Below what the resources of a nested kind stand at the gateway. */
async function parentPaths(cluster: Cluster, { plural, identity }: Kind): Promise<readonly string[]> {
  const text = await succeed(cluster, ['get', `${plural}.${group}`, '-n', namespace, '-o', 'json']);
  const { items } = JSON.parse(text) as { items: { spec: unknown }[] };
  return items.flatMap(({ spec }) => {
    if (identity.is !== 'nested') return [];
    const { kind, name } = identity.parent(spec);
    return [`${table.get(kind).collection.path}/${name}`];
  });
}

/** A change reaches the gateway. */
export async function edit(cluster: Cluster, stack: Stack): Promise<void> {
  heading('One edit');
  const patch = JSON.stringify([{ op: 'replace', path: '/spec/context', value: '/library' }]);
  command(
    `kubectl patch restapi books -n ${namespace} …`,
    await succeed(cluster, ['patch', 'restapi', 'books', '-n', namespace, '--type=json', '-p', patch]),
  );
  await step('the gateway answers at /library', () =>
    until(async () => JSON.stringify(await get(stack, '/rest-apis/books')).includes('"context":"/library"')),
  );
  await succeed(cluster, [
    'wait',
    '--for=condition=Ready',
    'restapi/books',
    '-n',
    namespace,
    '--timeout=30s',
  ]);
}

/** A deletion reaches the gateway too, and kubectl waits for it. */
export async function remove(cluster: Cluster, stack: Stack): Promise<void> {
  heading('One deletion that others forbid, and one that nobody minds');
  const refused = await cluster.kubectlRun(['delete', 'restapi', 'books', '-n', namespace, '--timeout=30s']);
  command(`kubectl delete restapi books -n ${namespace}`, refused.stderr);
  if (refused.code === 0) throw new Error('an API that an API key and a subscription refer to was deleted');
  command(
    `kubectl delete mcp shelf-tools -n ${namespace}`,
    await succeed(cluster, ['delete', 'mcp', 'shelf-tools', '-n', namespace, '--timeout=30s']),
  );
  await step('the gateway has forgotten it', () =>
    until(async () => (await get(stack, '/mcp-proxies/shelf-tools')) === undefined),
  );
}

async function collectionOf(
  stack: Stack,
  api: Api,
  path: string,
  listKey: string,
): Promise<readonly unknown[]> {
  const reply = (await get(stack, `/api/management/${api}${path}`)) as Record<string, unknown> | undefined;
  const items = reply?.[listKey];
  return Array.isArray(items) ? (items as readonly unknown[]) : [];
}

function nameOf(item: unknown): string {
  const { metadata, name, planName, id } = item as {
    metadata?: { name: string };
    name?: string;
    planName?: string;
    id?: string;
  };
  return metadata?.name ?? name ?? planName ?? id ?? '?';
}

/** What the gateway answers to an administrator; undefined for 404. */
async function get(stack: Stack, path: string): Promise<unknown> {
  const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
  const response = await fetch(`${stack.gatewayUrl}${path}`, { headers: { authorization } });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`the gateway answered ${response.status} to GET ${path}`);
  return await response.json();
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not happen within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
