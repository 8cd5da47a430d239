import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { root } from '../../support/root.ts';
import { startStack, type Stack } from '../../support/stack.ts';

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('portcullis add api, up to a gateway', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let home: string;

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v1' });
    home = await freshNamespace('add-api');
    const selector = { scope: 'LabelSelector', matchLabels: { gateway: home } };
    await kubectl(['apply', '-n', home, '-f', '-'], JSON.stringify(gatewayFor(stack, selector)));
    await kubectl(['wait', '--for=condition=Reachable', 'apigateway/emulated', '-n', home, '--timeout=60s']);
  });
  after(async () => {
    await kubectl(['delete', 'restapis', '--all', '-n', home, '--timeout=60s']);
    await kubectl(['delete', 'apigateways', '--all', '-n', home, '--timeout=60s']);
    await stack.stop();
  });

  const add = (...args: readonly string[]): Promise<Ending> =>
    portcullis(
      'add',
      'api',
      ...args,
      '-n',
      home,
      '--kubeconfig',
      cluster().kubeconfig,
      '-l',
      `gateway=${home}`,
    );

  const documents: readonly (readonly [
    sentence: string,
    name: string,
    file: string,
    paths: readonly string[],
  ])[] = [
    ['Swagger 2.0 in JSON', 'pets', 'pet-shop-swagger.json', ['/classic/pets', '/classic/pets/{petId}']],
    [
      'OpenAPI 3.0 with server variables',
      'library',
      'library-3.0.yaml',
      ['/library/books', '/library/books/{isbn}'],
    ],
    ['OpenAPI 3.1 in YAML', 'weather', 'weather-3.1.yaml', ['/weather/now/{place}', '/weather/forecast']],
  ];

  for (const [sentence, name, file, paths] of documents) {
    it(`makes an API of ${sentence}, waits until it is Ready, and shows the routes`, async () => {
      const { code, stdout, stderr } = await add(name, `--from-file=${join(root, 'test/openapi', file)}`);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.contain(`RestApi ${home}/${name} is Ready.`);
      for (const path of paths) expect(stdout).to.match(new RegExp(`${home}/emulated .*${escaped(path)}\n`));
      const ready = '{.status.conditions[?(@.type=="Ready")].status}';
      expect(await kubectl(['get', 'restapi', name, '-n', home, '-o', `jsonpath=${ready}`])).to.equal('True');
    });
  }

  it("passes the webhook's refusal on in one line", async () => {
    const file = join(root, 'test/openapi/library-3.0.yaml');
    const { code, stdout, stderr } = await add('library-again', `--from-file=${file}`);
    expect(code).to.equal(1);
    expect(stdout).to.equal('');
    expect(stderr).to.match(
      /^error: could not .*has the display name and version of RestApi .*\/library on gateway/m,
    );
  });
});

function portcullis(...args: readonly string[]): Promise<Ending> {
  const child = spawn(process.execPath, [join(root, 'cli/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

function escaped(text: string): string {
  return text.replace(/[{}/.]/g, '\\$&');
}
