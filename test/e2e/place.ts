import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type Cluster } from '../support/cluster/cluster.ts';
import { lastLines } from '../support/cluster/guarded.ts';
import { whyNoPods } from '../support/nodes/able.ts';
import { claimAddressRange } from '../support/nodes/address-range.ts';
import type { Image } from '../support/nodes/image.ts';
import { startNodes, type Nodes } from '../support/nodes/nodes.ts';

/** A control plane with nodes, of one test file alone. */
export interface Place {
  readonly cluster: Cluster;
  readonly nodes: Nodes;
  /** Runs kubectl as the administrator; rejects unless it succeeds. */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<string>;
  /** What the Pods do and say, for whoever has to find out why something did not happen. */
  story(): Promise<string>;
  stop(): Promise<void>;
}

/** Skips all tests where no Pods can run, and says so aloud. */
export async function needPods(context: Mocha.Context): Promise<void> {
  const why = await whyNoPods();
  if (why === undefined) return;
  console.error(`    SKIPPED: ${why}.`);
  context.skip();
}

/** Starts a cluster on addresses of its own, so that others may run beside it. */
export async function startPlace(
  images: ReadonlyMap<string, Image>,
  options: { readonly auditLog?: string; readonly log?: (line: string) => void } = {},
): Promise<Place> {
  const { log = (line: string) => process.stderr.write(`    ${line}\n`), ...others } = options;
  const range = await claimAddressRange();
  // Somebody else's cluster has no room for nodes that a test plays.
  const env = { ...process.env, USE_EXISTING_CLUSTER: 'false' };
  const cluster = await startCluster({
    controllerManager: true,
    serviceCidr: range.serviceCidr,
    env,
    ...others,
  });
  const nodes = await startNodes({ cluster, range, images, log }).catch(async (error: unknown) => {
    await cluster.stop();
    throw error;
  });
  return {
    cluster,
    nodes,
    async kubectl(args, input) {
      const { code, stdout, stderr } = await cluster.kubectlRun(args, input);
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
      return stdout;
    },
    async story() {
      const pods = await cluster.kubectlRun([
        'get',
        'pods',
        '-A',
        '-o',
        'jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name} {.status.containerStatuses[*].state}{"\\n"}{end}',
      ]);
      const files = (await readdir(nodes.folder)).filter((name) => name.endsWith('.log'));
      const logs = files.map(async (name) => `${name}\n  ${await lastLines(join(nodes.folder, name), 12)}`);
      return [pods.stdout, ...(await Promise.all(logs))].join('\n');
    },
    async stop() {
      await nodes.stop();
      await cluster.stop();
    },
  };
}

/** An image whose one program is this text. */
export async function imageOf(
  program: string,
): Promise<{ readonly image: Image; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-image-'));
  await chmod(folder, 0o755);
  await writeFile(join(folder, 'main.js'), program);
  const image = { folder, command: ['node', 'main.js'] };
  return { image, remove: () => rm(folder, { recursive: true, force: true }) };
}
