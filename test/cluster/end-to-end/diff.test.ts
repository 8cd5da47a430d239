import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { root } from '../../support/root.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually } from '../controller/scene.ts';

interface Folder {
  readonly title: string;
  readonly path: string;
  /** Namespaces that its manifests name; where they name none, the test chooses one. */
  readonly namespace?: string;
  /** Files that no gateway would take, and a piece of the reason. */
  readonly refused?: Readonly<Record<string, RegExp>>;
  /** Whether the project comes without it. */
  readonly isForeign?: boolean;
}

const samples = join(root, '../shared/samples');
const folders: readonly Folder[] = [
  { title: 'an example of ours', path: join(root, 'examples'), namespace: 'shop' },
  { title: 'a manifest of odd shapes', path: join(root, 'test/manifests') },
  {
    title: "a manifest of the platform's operator",
    path: join(samples, 'operator-demo'),
    namespace: 'apigateway-demo',
    isForeign: true,
  },
  {
    title: 'a file that is sent to the management API',
    path: join(samples, 'examples'),
    refused: { 'subscription-plan.yaml': /spec\.throttleLimitUnit: must be one of/ },
    isForeign: true,
  },
];

describe('kubectl diff --server-side of what was applied with --server-side', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v0.9' });
  });
  after(async () => {
    await stack.stop();
    // Others use them too.
    for (const { namespace } of folders)
      if (namespace !== undefined)
        await kubectl(['wait', '--for=delete', `namespace/${namespace}`, '--timeout=60s']);
  });

  for (const { title, path, namespace: fixed, refused = {}, isForeign = false } of folders) {
    describe(`says nothing of ${title}:`, () => {
      const files = existsSync(path) ? readdirSync(path).filter((file) => file.endsWith('.yaml')) : [];
      let namespace: string;

      before(async function () {
        if (isForeign && files.length === 0) {
          process.stderr.write(
            `SKIPPED, loudly: ${path} is not on this machine, so none of it is compared\n`,
          );
          this.skip();
        }
        namespace = fixed ?? (await freshNamespace('diff'));
        if (fixed !== undefined)
          await kubectl(
            ['apply', '-f', '-'],
            JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: fixed } }),
          );
        // Children stand before parents in some of them.
        await kubectl(['label', 'namespace', namespace, `${group}/enforcement=Warn`, '--overwrite']);
        // Its policies are not known: what a sample names may be anything.
        await kubectl(
          ['apply', '-f', '-'],
          JSON.stringify(gatewayFor({ gatewayUrl: stack.gatewayUrl }, { scope: 'Namespaced' }, namespace)),
        );
        for (const file of files) {
          const { code, stderr } = await run(['apply', '--server-side'], file);
          const fault = refused[file];
          if (fault === undefined) expect(code, `${file}: ${stderr}`).to.equal(0);
          else expect(stderr, file).to.match(fault);
        }
        await settled();
      });
      after(() => remove(namespace));

      const run = (args: readonly string[], file: string) =>
        cluster().kubectlRun(
          [...args, ...(fixed === undefined ? ['-n', namespace] : []), '-f', '-'],
          readFileSync(join(path, file), 'utf8')
            .replaceAll('http://127.0.0.1:9090', stack.gatewayUrl)
            .replaceAll('http://127.0.0.1:9092', stack.adminUrl),
        );
      /** Until the controller has said something of everything, labels and all, so that what it writes is compared too. */
      const settled = () =>
        eventually(async () => {
          const text = await kubectl(['get', 'portcullis', '-n', namespace, '-o', 'json']);
          const { items } = JSON.parse(text) as { items: { status?: { conditions?: unknown } }[] };
          expect(items.filter(({ status }) => status?.conditions === undefined)).to.deep.equal([]);
        }, 30_000);

      if (files.length === 0) it('whatever it holds', () => undefined);
      for (const file of files.filter((one) => refused[one] === undefined)) {
        it(file, async () => {
          // kubectl reads twice, and the controller may write a status or a label in between.
          await eventually(async () => {
            const { code, stdout, stderr } = await run(['diff', '--server-side'], file);
            expect(stdout).to.equal('');
            expect(code, stderr).to.equal(0);
          });
        });
      }
    });
  }

  it('shows what was edited, and only that', async () => {
    const namespace = await freshNamespace('diff');
    await kubectl(['label', 'namespace', namespace, `${group}/enforcement=Warn`]);
    const file = readFileSync(join(root, 'test/manifests/odd-shapes.yaml'), 'utf8');
    // The webhook's informer learns of the label a moment later.
    await eventually(() => kubectl(['apply', '--server-side', '-n', namespace, '-f', '-'], file));
    const edited = file.replace('http://odd:8080/', 'http://even:8080/');
    const diff = ['diff', '--server-side', '-n', namespace, '-f', '-'];
    // kubectl reads twice, and the controller may write its label in between.
    await eventually(async () => {
      const { code, stdout } = await cluster().kubectlRun(diff, edited);
      expect(code).to.equal(1);
      const lines = stdout.split('\n').filter((line) => /^[-+] /.test(line) && !line.includes('generation:'));
      expect(lines.map((line) => line.replace(/\s+/g, ' '))).to.deep.equal([
        '- url: http://odd:8080/',
        '+ url: http://even:8080/',
      ]);
    });
    await remove(namespace);
  });
});

/** The resources while the controller is there to let them go; the namespace goes by itself. */
async function remove(namespace: string): Promise<void> {
  await kubectl(['delete', 'portcullis', '--all', '-n', namespace, '--timeout=60s']);
  await kubectl(['delete', 'namespace', namespace, '--wait=false']);
}
