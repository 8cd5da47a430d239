import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { group } from '../../../src/model/generation.ts';
import { eventually } from '../../cluster/controller/scene.ts';
import { servedBy } from '../../demo/examples.ts';
import { Chance } from '../../soak/chance.ts';
import { policyReportCrd } from '../../support/policy-report-crd.ts';
import { needPods } from '../place.ts';
import { home, release, startSite, type Site } from '../release.ts';
import { AuditLog } from './audit.ts';
import { exercise } from './exercise.ts';
import { necessities, necessityTable, type Necessity } from './necessity.ts';
import { permissionsOf, titleOf, type Permission } from './permission.ts';
import { firstRefusal, takeAway } from './removal.ts';

/** Everything that roles are made for, so that every role has its day. */
const everything = {
  metrics: { access: 'reviewed' },
  uninstall: { resources: 'delete', timeout: '10s' },
  reviewPolicies: { policyReports: true, packs: { baseline: { enabled: true } } },
};

/** What is chosen can be chosen again: `PORTCULLIS_TEST_SEED=1 npm run test:e2e`. */
const seed = Number(process.env.PORTCULLIS_TEST_SEED ?? randomInt(2 ** 31));
const removals = 10;
/** Longer than it takes until a repeated event is counted. */
const refusedWithinMs = 240_000;
/** How long a Pod that was told to go may take. */
const goneWithinMs = 90_000;

describe('the privileges of the processes', function () {
  this.timeout(400_000);
  let site: Site;
  let folder: string;
  let audit: AuditLog;
  let permissions: readonly Permission[];
  const kubectl = (...args: readonly string[]) => site.kubectl(args);

  before(async function () {
    // The first run on a machine builds the control plane and helm.
    this.timeout(3_600_000);
    await needPods(this);
    folder = await mkdtemp(join(tmpdir(), 'portcullis-audit-'));
    const auditLog = join(folder, 'audit.log');
    site = await startSite({ auditLog });
    await site.kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(policyReportCrd));
    await site.install(everything);
    audit = new AuditLog(auditLog, home);
    const { stdout } = await site.helm(['get', 'manifest', release, '--namespace', home]);
    permissions = permissionsOf(stdout);
    expect(permissions.length).to.be.greaterThan(100);
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) console.error(await site.story());
  });
  after(async () => {
    await (site as Site | undefined)?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('are used by a life of everything', async () => {
    const { steps, end } = exercise(site, 'whole');
    for (const { title, act } of steps) {
      const began = performance.now();
      await act().catch(async (cause: unknown) => {
        await end();
        throw new Error(`not so: ${title}`, { cause });
      });
      console.error(`      ${title} (${Math.round((performance.now() - began) / 1000)} s)`);
    }
    await end();
  });

  it('are enough: nothing was forbidden', async () => {
    const forbidden = (await audit.read()).filter(({ isForbidden }) => isForbidden);
    expect(forbidden).to.deep.equal([]);
  });

  it('are all needed: each has authorised a request', async () => {
    let rows = necessities(permissions, await audit.read());
    // A watch stands in the log once it has ended, and Pods that were to go may drain still.
    const until = performance.now() + goneWithinMs;
    while (unused(rows).length > 0 && performance.now() < until) {
      await sleep(1000);
      rows = necessities(permissions, await audit.read());
    }
    console.error(necessityTable(rows));
    expect(unused(rows)).to.deep.equal([]);
  });

  it('are missed when they are taken away', async function () {
    this.timeout(removals * 2 * refusedWithinMs);
    console.error(`      PORTCULLIS_TEST_SEED=${seed}`);
    for (const [index, permission] of chosen(permissions).entries()) {
      const giveBack = await takeAway(site, permission, home);
      const patience = permission.resource === 'events' ? 40 : 8;
      const { steps, end } = exercise(site, `without-${index}`, patience);
      const order = isOfStart(permission) ? [...steps.slice(-1), ...steps] : steps;
      const refusal = await firstRefusal(permission, order, audit, refusedWithinMs).finally(giveBack);
      await end();
      console.error(`      ${titleOf(permission)}: ${refusal?.path ?? 'NOT MISSED'}`);
      expect(refusal, titleOf(permission)).to.not.equal(undefined);
      await recovered();
    }
  });

  it('of the one that uninstalls are enough, and all needed', async () => {
    const before = (await audit.read()).length;
    const hooks = await site.helm(['get', 'hooks', release, '--namespace', home]);
    const own = permissionsOf(hooks.stdout);
    expect(own).to.not.be.empty;
    await kubectl('create', 'namespace', 'shop');
    await site.kubectl(['apply', '-f', '-'], servedBy(site.examples, 'v0.9'));
    const gateway = 'apigateway/edge';
    await kubectl('annotate', gateway, '-n', 'shop', `${group}/deletion-policy=Delete`);
    await eventually(async () =>
      expect(await kubectl('get', gateway, '-n', 'shop', '-o', 'yaml')).to.contain('finalizers'),
    );
    // The controller deletes a report as its last resource goes; one that stays is left to the uninstaller.
    const report = ['policyreports.wgpolicyk8s.io', 'portcullis', '-n', 'shop'];
    await kubectl('wait', '--for=create', ...report, '--timeout=90s');
    const held = { metadata: { finalizers: ['example.com/held'] } };
    await kubectl('patch', ...report, '--type=merge', '-p', JSON.stringify(held));
    // What a gateway that is down can't be made to let go is let go here, which takes other rights.
    await site.gateway.stop();
    const gone = await site.helm(['uninstall', release, '--namespace', home, '--wait', '--timeout', '4m']);
    await site.gateway.start();
    expect(gone.code, gone.stderr).to.equal(0);

    const asked = (await audit.read()).slice(before).filter(({ account }) => account.endsWith('-uninstall'));
    const rows = necessities(own, asked);
    console.error(necessityTable(rows));
    expect(asked.filter(({ isForbidden }) => isForbidden)).to.deep.equal([]);
    expect(unused(rows)).to.deep.equal([]);
  });

  async function recovered(): Promise<void> {
    for (const process of ['webhook', 'controller'])
      await kubectl('rollout', 'status', `deployment/${release}-${process}`, '-n', home, '--timeout=90s');
  }
});

function unused(rows: readonly Necessity[]): readonly string[] {
  return rows.filter(({ count }) => count === 0).map(({ permission }) => titleOf(permission));
}

/** What is asked for at a start is missed at a start; the rest in the order of a life. */
function isOfStart({ verb, resource, names = [] }: Permission): boolean {
  return verb === 'list' || verb === 'watch' || resource === 'leases' || names.includes('kube-system');
}

/** Ten of them, as the seed has it. */
function chosen(all: readonly Permission[]): readonly Permission[] {
  const chance = new Chance(seed);
  const left = [...all];
  return Array.from({ length: removals }, () => left.splice(chance.between(0, left.length - 1), 1)[0]!);
}
