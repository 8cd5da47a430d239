import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { exampleManifests } from '../demo/examples.ts';
import type { KubectlAnswer } from '../support/cluster/cluster.ts';
import { helmFor } from '../support/cluster/helm.ts';
import { startGateway, type Gateway } from '../support/gateway/emulator.ts';
import { assembleImage } from '../support/image/assemble.ts';
import { root } from '../support/root.ts';
import { startPlace, type Place } from './place.ts';

/** Where the chart is installed, in a namespace that lets no Pod in that the restricted standard refuses. */
export const home = 'portcullis-system';
/** The release, and so the stem of all names. */
export const release = 'portcullis';
export const chart = join(root, 'charts/portcullis');

/** The least that the chart must be told here: gateways are on this machine, and tests do not wait. */
const loopback = [{ name: 'PORTCULLIS_ALLOW_LOOPBACK', value: 'true' }];
export const values = {
  webhook: { extraEnv: loopback },
  controller: { extraEnv: loopback, driftIntervalSeconds: 5, leaseSeconds: 5 },
};

/** A cluster with the chart's image, a gateway beside it, and the real helm. */
export interface Site extends Place {
  readonly gateway: Gateway;
  /** Runs helm as the administrator; resolves whatever its exit code. */
  readonly helm: (args: readonly string[]) => Promise<KubectlAnswer>;
  /** `helm upgrade --install` of the chart, by default waiting until all is ready; fails with what helm said. */
  readonly install: (given?: object, args?: readonly string[]) => Promise<string>;
  /** A file with these values, for helm. */
  readonly valuesFile: (given: object) => Promise<string>;
  /** The demo's examples, for our gateway. */
  readonly examples: string;
}

export async function startSite(options: { readonly auditLog?: string } = {}): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-site-'));
  let place: Place | undefined;
  let gateway: Gateway | undefined;
  const stop = async () => {
    await gateway?.stop();
    await place?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { folder: app, env, user } = await assembleImage(join(folder, 'image'));
    const image = { folder: app, command: ['node'], env, user };
    const begun = (place = await startPlace(new Map([['portcullis:0.1.0', image]]), options));
    gateway = await startGateway({ api: 'v0.9', pollIntervalMs: 100 });
    const helm = await helmFor(begun.cluster, folder);
    await begun.kubectl(['apply', '-f', '-'], JSON.stringify(restrictedNamespace));
    let files = 0;
    const valuesFile = async (given: object) => {
      const file = join(folder, `values-${(files += 1)}.yaml`);
      await writeFile(file, stringify(given));
      return file;
    };
    return {
      ...begun,
      gateway,
      helm,
      valuesFile,
      examples: await exampleManifests(gateway.url, gateway.adminUrl),
      async install(given = {}, args = ['--wait']) {
        const files = ['--values', await valuesFile(values), '--values', await valuesFile(given)];
        const where = ['--namespace', home, '--timeout', '4m'];
        const { code, stdout, stderr } = await helm([
          ...['upgrade', '--install', release, chart],
          ...where,
          ...files,
          ...args,
        ]);
        if (code !== 0) throw new Error(`helm ended with ${code}: ${stderr}\n${await begun.story()}`);
        return stdout;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const restrictedNamespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: home, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};
