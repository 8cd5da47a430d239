import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { reviewActions, reviewGroup } from '../../../src/kinds/review-policy.ts';
import { startCluster, type Cluster } from '../../support/cluster/cluster.ts';
import { succeed } from '../../support/installation.ts';
import { acting, packRules, type Example } from '../../support/packs.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually } from '../controller/scene.ts';

const rules = packRules();

/** One namespace for each rule and action, in which nothing but that is judged. */
const cases = rules.flatMap(({ policy, rule, examples }) =>
  reviewActions.map((action) => {
    const name = `${policy.name}-${action.toLowerCase()}`;
    const spec = acting(policy.spec, action);
    return { name, rule, action, examples, spec: { ...spec, match: { ...spec.match, namespaces: [name] } } };
  }),
);

const deeds = { Deny: 'refuses', Warn: 'warns of', Audit: 'notes' } as const;

describe('every rule of the packs behind a real API server', function () {
  this.timeout(180_000);
  // Of its own, for its audit log.
  let cluster: Cluster;
  let stack: Stack;
  let folder: string;
  let auditLog: string;

  before(async function () {
    // The first run on a machine builds the control plane.
    this.timeout(3_600_000);
    folder = await mkdtemp(join(tmpdir(), 'portcullis-packs-'));
    auditLog = join(folder, 'audit.log');
    cluster = await startCluster({ auditLog });
    stack = await startStack({ cluster, api: 'v1', withoutController: true, withoutGateway: true });
    const token = { token: 'Bearer sk-from-a-secret-of-this-namespace' };
    const made = cases.flatMap(({ name, spec }) => [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'credentials', namespace: name },
        stringData: token,
      },
      { apiVersion: `${reviewGroup}/v1`, kind: 'ReviewPolicy', metadata: { name }, spec },
    ]);
    await succeed(cluster, ['apply', '--server-side', '-f', '-'], list(made));
  });
  after(async () => {
    await (stack as Stack | undefined)?.stop();
    await (cluster as Cluster | undefined)?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const list = (items: readonly object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  /** Dry: references to what is not there are only warned about, and nothing stays. */
  const create = async (namespace: string, examples: readonly Example[]) =>
    await cluster.kubectlRun(
      ['create', '--dry-run=server', '-n', namespace, '-f', '-'],
      list(examples.map(({ manifest }) => manifest)),
    );
  const audited = async (namespace: string) =>
    (await readFile(auditLog, 'utf8'))
      .split('\n')
      .filter((line) => line.includes(`/namespaces/${namespace}/`) && line.includes('/review"'));

  for (const { name, rule, action, examples } of cases) {
    const refused = examples.filter(({ verdict }) => verdict === 'refused');
    const accepted = examples.filter(({ verdict }) => verdict === 'accepted');

    it(`${name}: takes what it takes, and ${deeds[action]} the rest`, async () => {
      const words = `policy ${name}, rule ${rule}`;
      for (const example of refused)
        // The webhook hears of a policy a moment after it was made.
        await eventually(async () => {
          const { code, stderr } = await create(name, [example]);
          const told = `${example.title}: ${stderr}`;
          expect(stderr.includes(`(policy ${name}`), told).to.equal(action !== 'Audit');
          expect(code, told).to.equal(action === 'Deny' ? 1 : 0);
          const notes = await audited(name);
          expect(
            notes.some((line) => line.includes(example.manifest.metadata.name)),
            told,
          ).to.equal(true);
        });
      const { code, stderr } = await create(name, accepted);
      expect(code, stderr).to.equal(0);
      expect(stderr).not.to.contain(words);
    });
  }
});
