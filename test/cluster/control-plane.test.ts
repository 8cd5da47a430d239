import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Cluster, startCluster } from '../support/cluster/cluster.ts';
import { run } from '../support/cluster/run.ts';
import { applyYaml, freshNamespace, kubectl, useCluster } from '../support/cluster/shared.ts';

/** These tests are about starting; a cluster that exists already has nothing to say to them. */
const env = { ...process.env, USE_EXISTING_CLUSTER: 'false' };
const main = join(import.meta.dirname, '../support/cluster/main.ts');

/** The command lines of all processes that mention the folder. */
async function processesOf(folder: string): Promise<string[]> {
  const { stdout } = await run('ps', ['-eo', 'args']);
  return stdout.split('\n').filter((line) => line.includes(folder));
}

async function eventually(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await isTrue())) {
    await sleep(100);
    if (Date.now() > deadline) throw new Error(`${what}: not within 15 s`);
  }
}

describe('a local control plane', () => {
  const cluster = useCluster();

  it('has a kubectl whose version fits that of the API server', async () => {
    const { code, stdout, stderr } = await cluster().kubectlRun(['version', '--output=json']);
    expect(code, stderr).to.equal(0);
    expect(stderr, 'no warning about version skew').to.equal('');
    expect(JSON.parse(stdout)).to.have.nested.property('serverVersion.major', '1');
  });

  it('lets its admin do everything', async () => {
    expect(await kubectl(['auth', 'can-i', '*', '*'])).to.equal('yes\n');
  });

  it('refuses what RBAC gives a user no right to, and allows it once RBAC does', async () => {
    const namespace = await freshNamespace('rbac');
    const kubeconfig = await cluster().userKubeconfig('ada', ['developers']);
    const asAda = ['--kubeconfig', kubeconfig, '--namespace', namespace];

    const refused = await cluster().kubectlRun([...asAda, 'get', 'configmaps']);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain('User "ada" cannot list resource "configmaps"');

    await kubectl([
      'create',
      'rolebinding',
      'view',
      '--clusterrole=view',
      '--group=developers',
      '-n',
      namespace,
    ]);
    await eventually(
      'ada may list',
      async () => (await cluster().kubectlRun([...asAda, 'get', 'cm'])).code === 0,
    );
  });

  it('gives tokens to service accounts and knows them again', async () => {
    const namespace = await freshNamespace('tokens');
    await kubectl(['create', 'serviceaccount', 'robot', '-n', namespace]);
    const token = (await kubectl(['create', 'token', 'robot', '-n', namespace])).trim();
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
    const answer = await kubectl(['create', '-o', 'json', '-f', '-'], JSON.stringify(review));
    expect(JSON.parse(answer)).to.have.nested.property(
      'status.user.username',
      `system:serviceaccount:${namespace}:robot`,
    );
  });

  it('removes a namespace with what is in it', async () => {
    const namespace = await freshNamespace('gone');
    await kubectl(['create', 'configmap', 'some', '-n', namespace]);
    await kubectl(['delete', 'namespace', namespace, '--timeout=15s']);
    expect(await kubectl(['get', 'namespaces', '-o', 'name'])).not.to.contain(namespace);
  });

  it('says what was refused when manifests are applied', async () => {
    const manifest = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: Not_A_Name } }';
    const error: unknown = await applyYaml(manifest).catch((reason: unknown) => reason);
    expect(error).to.be.an('error').with.property('message').that.contains('"Not_A_Name" is invalid');
  });
});

describe('a control plane of its own', () => {
  it('writes an audit log, and goes on with its data and its kubeconfigs when it is started again', async function () {
    this.timeout(60_000);
    const dataDir = join(tmpdir(), `portcullis-kept-${process.pid}`);
    const auditLog = join(dataDir, 'audit.log');
    const start = (): Promise<Cluster> => startCluster({ dataDir, auditLog, env });
    try {
      const first = await start();
      await first.kubectlRun(['create', 'configmap', 'kept', '-n', 'default']);
      await first.stop();
      const second = await start();
      const { stdout } = await second.kubectlRun(['get', 'configmap', 'kept', '-n', 'default', '-o', 'name']);
      await second.stop();
      expect(stdout).to.equal('configmap/kept\n');
      expect(await readFile(auditLog, 'utf8')).to.match(/"verb":"create".*"resource":"configmaps"/);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it("says in the API server's own words why it does not start", async () => {
    const starting = startCluster({ extraApiServerArgs: ['--no-such-flag'], env });
    const error: unknown = await starting.catch((reason: unknown) => reason);
    expect(error).to.be.an('error').with.property('message');
    expect((error as Error).message).to.match(
      /^could not start the cluster because kube-apiserver ended with code 1/,
    );
    expect((error as Error).message).to.contain('unknown flag: --no-such-flag');
  });

  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    it(`leaves no process and no file behind when its owner gets ${signal}`, async function () {
      this.timeout(60_000);
      const owner = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'ignore'], env });
      const ended = once(owner, 'exit');
      let kubeconfig = '';
      for await (const line of createInterface({ input: owner.stdout })) {
        kubeconfig = line.startsWith('export KUBECONFIG=')
          ? line.replace('export KUBECONFIG=', '')
          : kubeconfig;
        if (line.startsWith('Ctrl-C')) break;
      }
      const folder = dirname(kubeconfig);
      expect(await processesOf(folder)).to.have.lengthOf(3);

      owner.kill(signal);
      await ended;
      await eventually('no process', async () => (await processesOf(folder)).length === 0);
      expect(existsSync(folder), folder).to.be.false;
    });
  }
});
