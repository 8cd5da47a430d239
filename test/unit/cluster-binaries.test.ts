import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { cacheFolder, findBinary } from '../support/cluster/binaries.ts';
import type { ProgramName } from '../support/cluster/programs.ts';

/**
 * Stands for Go: writes down what it is asked, claims that Kubernetes requires one staging repository, and "builds"
 * a script. No program but the shell is needed.
 */
const fakeGo = `#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
  "mod download -json "*) echo "{ \\"GoMod\\": \\"/released/$4\\" }" ;;
  "mod edit -json /released/k8s.io/kubernetes"*) echo '{ "Go": "1.26.0", "Require": [
    { "Path": "k8s.io/api", "Version": "v0.0.0" }, { "Path": "example.com/other", "Version": "v1.2.3" } ] }' ;;
  "mod edit -json /released/github.com/hashicorp/vault"*) echo '{ "Go": "1.25.3", "Require": [], "Replace": [
    { "Old": { "Path": "a.example/own" }, "New": { "Path": "./own" } },
    { "Old": { "Path": "a.example/b", "Version": "v1.1.1" }, "New": { "Path": "c.example/b", "Version": "v1.1.1" } } ] }' ;;
  "mod edit -json "*) echo '{ "Go": "1.26.0", "Require": [] }' ;;
esac
if [ "$1" = build ]; then
  /bin/sleep 0.3
  for arg; do [ "$before" = -o ] && target=$arg; before=$arg; done
  echo '#!/bin/sh' > "$target"
  [ "$GO_FAILS" = yes ] && { echo "undefined: Something" >&2; exit 1; }
fi
exit 0
`;

const silent = () => ({ update: () => undefined, end: () => undefined });

describe('finding the programs of a control plane', () => {
  let folder = '';
  let env: Record<string, string> = {};
  const calls = async (): Promise<string[]> =>
    (await readFile(join(folder, 'calls'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  const find = (name: ProgramName): Promise<string> => findBinary(name, { env, startProgress: silent });
  const message = async (name: ProgramName): Promise<string> =>
    await find(name).then(
      () => 'found',
      (error: unknown) => (error as Error).message,
    );

  async function script(path: string, text: string): Promise<string> {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { mode: 0o755 });
    return join(folder, path);
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-binaries-'));
    env = {
      PATH: join(folder, 'path'),
      PORTCULLIS_CACHE: join(folder, 'cache'),
      CALLS: join(folder, 'calls'),
    };
    await script('path/go', fakeGo);
  });
  afterEach(async () => await rm(folder, { recursive: true, force: true }));

  it('takes what is in the folder that KUBEBUILDER_ASSETS names', async () => {
    const etcd = await script('assets/etcd', '#!/bin/sh\n');
    env.KUBEBUILDER_ASSETS = join(folder, 'assets');
    expect(await find('etcd')).to.equal(etcd);
    expect(await calls()).to.be.empty;
  });

  it('looks further for what that folder does not have', async () => {
    env.KUBEBUILDER_ASSETS = join(folder, 'assets');
    expect(await find('etcd')).to.match(/\/cache\/etcd-v[\d.]+-\w+-\w+\/etcd$/);
  });

  const versions: [string, string, boolean][] = [
    ["uses the machine's kubectl if its version is the same", 'v1.36.0', true],
    ["uses the machine's kubectl if it is a minor version older", 'v1.35.9', true],
    ["uses the machine's kubectl if it is a minor version newer", 'v1.37.1', true],
    ["passes over the machine's kubectl if it is older than that", 'v1.32.4', false],
  ];
  for (const [sentence, version, used] of versions) {
    it(sentence, async () => {
      const kubectl = await script('path/kubectl', `#!/bin/sh\necho '{ "gitVersion": "${version}" }'\n`);
      expect((await find('kubectl')) === kubectl).to.equal(used);
    });
  }

  it("passes over a machine's kubectl that does not work", async () => {
    const kubectl = await script('path/kubectl', '#!/bin/sh\nexit 1\n');
    expect(await find('kubectl')).not.to.equal(kubectl);
  });

  it('builds what is nowhere, as small as it can, and finds it in the cache the next time', async () => {
    const built = await find('etcd');
    const [build = ''] = (await calls()).filter((call) => call.startsWith('build'));
    expect(build).to.contain('-trimpath -ldflags -s -w').and.to.contain(' go.etcd.io/etcd/server/v3');
    const before = await calls();
    expect(await find('etcd')).to.equal(built);
    expect(await calls()).to.deep.equal(before);
  });

  it('replaces each staging repository of Kubernetes by its published version, and nothing else', async () => {
    await find('kube-apiserver');
    const module = join(folder, 'cache/modules/k8s.io_kubernetes@v1.36.3/go.mod');
    expect((await readFile(module, 'utf8')).split('\n')).to.deep.equal([
      'module portcullis.local/binaries',
      'go 1.26.0',
      'require k8s.io/kubernetes v1.36.3',
      'replace k8s.io/api => k8s.io/api v0.36.3',
      '',
    ]);
  });

  it('keeps what a release has replaced by another module, drops its folders, and builds with the tags it asks for', async () => {
    await find('vault');
    const module = join(folder, 'cache/modules/github.com_hashicorp_vault@v1.21.2/go.mod');
    expect((await readFile(module, 'utf8')).split('\n').slice(3)).to.deep.equal([
      'replace a.example/b v1.1.1 => c.example/b v1.1.1',
      '',
    ]);
    expect((await calls()).find((call) => call.startsWith('build'))).to.contain(' -tags minimal ');
  });

  it('names Go, the version that it needs and the other way when there is no Go', async () => {
    await rm(join(folder, 'path/go'));
    expect(await message('kube-apiserver')).to.match(
      /^could not build kube-apiserver because there is no "go" on the PATH: install Go 1\.26 or newer .*KUBEBUILDER_ASSETS$/,
    );
  });

  it('repeats what Go says when it refuses, and leaves nothing half made', async () => {
    env.GO_FAILS = 'yes';
    expect(await message('etcd'))
      .to.contain('Go 1.26 or newer')
      .and.to.contain('undefined: Something');
    const files = await readdir(join(folder, 'cache'), { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile()).map(({ name }) => name)).to.deep.equal(['go.mod']);
  });

  it('removes what a killed build has left when it builds again', async () => {
    const left = await script(
      `cache/etcd-v3.7.3-${process.platform}-${process.arch}/etcd.unfinished-1`,
      'half',
    );
    await find('etcd');
    expect(existsSync(left)).to.be.false;
  });

  it('builds once when two processes ask at the same time', async () => {
    const code = `
      import { findBinary } from '${join(import.meta.dirname, '../support/cluster/binaries.ts')}';
      console.log(await findBinary('etcd'));`;
    const processes = [1, 2].map(() => spawn(process.execPath, ['--input-type=module', '-e', code], { env }));
    const codes = await Promise.all(processes.map(async (child) => (await once(child, 'exit'))[0] as number));
    expect(codes).to.deep.equal([0, 0]);
    expect((await calls()).filter((call) => call.startsWith('build'))).to.have.lengthOf(1);
  });

  it('takes over the lock of a process that is dead', async () => {
    const child = spawn(process.execPath, ['--version']);
    await once(child, 'exit');
    const dead = { pid: child.pid, host: hostname(), purpose: 'building etcd' };
    await script('cache/modules/go.etcd.io_etcd_server_v3@v3.7.3.lock', JSON.stringify(dead));
    expect(await find('etcd')).to.match(/etcd$/);
  });

  const places: [string, Record<string, string>, string][] = [
    ['PORTCULLIS_CACHE', { PORTCULLIS_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' }, '/a'],
    ['XDG_CACHE_HOME', { XDG_CACHE_HOME: '/b', HOME: '/c' }, '/b/portcullis'],
    ['the home folder', { HOME: '/c' }, '/c/.cache/portcullis'],
  ];
  for (const [what, settings, path] of places) {
    it(`keeps what it builds in a place that ${what} names`, () =>
      expect(cacheFolder(settings)).to.equal(path));
  }
});
