import { expect } from 'chai';
import { stringify } from 'yaml';
import { annotation } from '../../../src/model/annotations.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { minimal, specWith } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually, secret, startScene, writes, type Scene } from '../controller/scene.ts';
import { portcullis } from './portcullis.ts';

describe('portcullis, the command, looking at a cluster', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let stack: Stack;
  let scene: Scene;
  const hidden = 'a-very-secret-value';

  before(async () => {
    // Compared once at the start and then when somebody asks for it.
    const controllerSettings = { PORTCULLIS_DRIFT_INTERVAL_SECONDS: '3600' };
    stack = await startStack({ cluster: cluster(), api: 'v1', withoutGateway: true, controllerSettings });
    scene = await startScene('looking', { api: 'v1' });
    await scene.apply(
      secret('vendor', { key: hidden }),
      scene.resource('RestApi', 'books'),
      provider('vendor', 'key'),
    );
    await scene.until('RestApi', 'books', 'Ready', 'True');
    await scene.until('LlmProvider', 'vendor', 'Ready', 'True');
  });
  after(async () => {
    await scene.end();
    await stack.stop();
  });

  const provider = (name: string, key: string) =>
    scene.resource('LlmProvider', name, {
      ...minimal.LlmProvider,
      upstream: {
        url: 'https://vendor.example/v1',
        auth: { type: 'api-key', header: 'X-Key', value: { valueFrom: { name: 'vendor', key } } },
      },
    });
  const run = (args: readonly string[], input?: string) =>
    portcullis(cluster(), [...args, '-n', scene.namespace], input);
  const plan = (objects: readonly object[], ...args: string[]) =>
    run(['plan', '-f', '-', ...args], objects.map((object) => stringify(object)).join('---\n'));
  const gateway = () => `${scene.namespace}/main`;
  const films = () => scene.resource('RestApi', 'books', specWith('RestApi', 'context', '/films'));

  describe('plan', () => {
    it('ends with 0 where nothing would change', async () => {
      const { code, stdout, stderr } = await plan([scene.resource('RestApi', 'books')]);
      expect({ code, stdout }, stderr).to.deep.equal({ code: 0, stdout: '' });
      expect(stderr).to.contain('1 to leave as they are');
    });

    it('ends with 2, and names the field and both values, where something would', async () => {
      const { code, stdout, stderr } = await plan([films()]);
      expect(code, stderr).to.equal(2);
      expect(stdout).to.match(
        new RegExp(
          `RestApi +${scene.namespace}/books +${gateway()} +change +change spec.context from "/books" to "/films"`,
        ),
      );
    });

    it('changes nothing', async () => {
      await plan([films(), scene.resource('RestApi', 'new', specWith('RestApi', 'displayName', 'New'))]);
      expect((await scene.get('RestApi', 'books'))?.spec.context).to.equal('/books');
      expect(await scene.get('RestApi', 'new')).to.equal(undefined);
    });

    it('ends with 1, and says why in the webhook’s words, where something would be refused', async () => {
      const { code, stdout } = await plan([
        scene.resource('RestApi', 'bad', specWith('RestApi', 'upstream.main.url', 'nowhere')),
      ]);
      expect(code).to.equal(1);
      expect(stdout)
        .to.contain('refused')
        .and.to.contain('spec.upstream.main.url: must be an http or https URL');
    });

    it('tells that a Secret in the files changes what refers to it, and shows neither value', async () => {
      const { code, stdout, stderr } = await plan([
        {
          ...secret('vendor', { key: 'another-secret-value' }),
          metadata: { name: 'vendor', namespace: scene.namespace },
        },
      ]);
      expect(code, stderr).to.equal(2);
      expect(stdout).to.contain('spec.upstream.auth.value (sensitive value changes) (affected)');
      for (const text of [stdout, stderr])
        expect(text).not.to.contain(hidden).and.not.to.contain('another-secret-value');
    });

    it('tells of everything that a gateway would lose by another selector', async () => {
      const other = { scope: 'LabelSelector', matchLabels: { on: 'nothing' } };
      const { code, stdout } = await plan([scene.apiGateway('main', scene.gateway, other)], '-o', 'json');
      expect(code).to.equal(2);
      const { resources } = JSON.parse(stdout) as {
        resources: { name: string; because: string; gateways: { action: string }[] }[];
      };
      expect(
        resources.map(({ name, because, gateways }) => [name, because, gateways.map(({ action }) => action)]),
      ).to.have.deep.members([
        ['books', 'affected', ['remove']],
        ['vendor', 'affected', ['remove']],
      ]);
    });

    it('plans the removal of what has left the files only where it is asked', async () => {
      await scene.apply(scene.resource('RestApi', 'books', minimal.RestApi, { labels: { team: 'a' } }));
      const kept = [provider('vendor', 'key')];
      expect((await plan(kept)).code).to.equal(0);
      const { code, stdout } = await plan(kept, '--prune', 'team=a');
      expect(code).to.equal(2);
      expect(stdout).to.match(/RestApi .*books .*remove +it goes from there \(pruned\)/);
    });
  });

  describe('kubectl apply --dry-run=server', () => {
    const dryRun = (object: object, ...args: string[]) =>
      cluster().kubectlRun(['apply', '-n', scene.namespace, '-f', '-', ...args], JSON.stringify(object));

    it('says the same in warnings', async () => {
      const { code, stderr } = await dryRun(films(), '--dry-run=server');
      expect(code, stderr).to.equal(0);
      expect(stderr).to.contain(
        `Warning: gateway ${gateway()}: would change spec.context from "/books" to "/films"`,
      );
      const created = scene.resource('RestApi', 'new', {
        ...minimal.RestApi,
        displayName: 'New',
        context: '/new',
      });
      expect((await dryRun(created, '--dry-run=server')).stderr).to.contain(
        `Warning: gateway ${gateway()}: would create RestApi ${scene.namespace}/new`,
      );
    });

    it('names the Secret of a value, and no value', async () => {
      const { stderr } = await dryRun(provider('vendor', 'other'), '--dry-run=server');
      expect(stderr).to.contain('spec.upstream.auth.value').and.not.to.contain(hidden);
    });

    it('is not said of what is really applied', async () => {
      const { code, stderr } = await dryRun(
        scene.resource('RestApi', 'books', minimal.RestApi, { labels: { team: 'b' } }),
      );
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    });
  });

  describe('pause, resync and resume', () => {
    it('pauses a resource, until the controller has noticed, and says so twice', async () => {
      const { code, stdout, stderr } = await run(['pause', 'restapi/books', '--wait']);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.contain(`RestApi ${scene.namespace}/books: reconcile is Paused (was not set)`);
      await scene.until('RestApi', 'books', 'Active', 'False', 'Paused');
      expect((await run(['pause', 'rapi', 'books'])).stdout).to.contain('reconcile is Paused already');
    });

    it('is told of in a plan', async () => {
      const paused = { annotations: { [annotation.reconcile]: 'Paused' } };
      const object = scene.resource('RestApi', 'books', specWith('RestApi', 'context', '/films'), paused);
      expect((await plan([object])).stdout).to.contain('held: the annotation reconcile says Paused');
    });

    it('resumes it', async () => {
      const { code, stdout, stderr } = await run([
        'resume',
        'restapis.gateway.api-platform.wso2.com/books',
        '--wait',
      ]);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.contain('reconcile is not set any more (was Paused)');
    });

    it('compares again at once and writes nothing where all is equal, unless it is forced', async () => {
      scene.gateway.clearCalls();
      const resync = await run(['resync', 'restapi/books', '--wait']);
      expect(resync.code, resync.stderr).to.equal(0);
      const reads = scene.gateway.calls.filter(
        ({ path }) => path === 'rest-apis/books' || path.endsWith('/rest-apis/books'),
      );
      expect(reads, JSON.stringify(scene.gateway.calls)).not.to.be.empty;
      expect(writes(scene.gateway)).to.deep.equal([]);
      const forced = await run(['resync', 'restapi/books', '--force', '--wait']);
      expect(forced.code, forced.stderr).to.equal(0);
      expect(writes(scene.gateway)).to.have.length(1);
    });

    it('puts right what somebody has edited at the gateway', async () => {
      const authorization = `Basic ${btoa('admin:admin')}`;
      const at = `${scene.gateway.url}/api/management/v1/rest-apis/books`;
      const item = (await (await fetch(at, { headers: { authorization } })).json()) as { spec: object };
      const body = JSON.stringify({ ...item, spec: { ...item.spec, context: '/edited' } });
      const headers = { authorization, 'content-type': 'application/json' };
      expect((await fetch(at, { method: 'PUT', headers, body })).status).to.equal(200);
      expect((await run(['resync', '--namespace-wide', '--wait'])).code).to.equal(0);
      const after = (await (await fetch(at, { headers: { authorization } })).json()) as {
        spec: { context: string };
      };
      expect(after.spec.context).to.equal('/books');
    });

    it('changes nothing in a dry run', async () => {
      const { code, stdout } = await run(['pause', '--gateway', 'main', '--dry-run']);
      expect(code).to.equal(0);
      expect(stdout).to.contain(`APIGateway ${gateway()}: reconcile would be Paused`);
      expect((await run(['resume', '--gateway', 'main'])).stdout).to.contain('is not set already');
    });

    it('names what is not there, and what it does not know', async () => {
      const { code, stderr } = await run(['pause', 'restapi/nosuch', 'llmp/vendor', '--dry-run']);
      expect(code).to.equal(1);
      expect(stderr).to.contain(`there is no RestApi ${scene.namespace}/nosuch`);
      const unknown = await run(['pause', 'restapy/books']);
      expect(unknown.code).to.equal(64);
      expect(unknown.stderr).to.contain('did you mean');
    });
  });

  describe('adopt', () => {
    it('takes over what stands there and is nobody’s', async () => {
      const authorization = `Basic ${btoa('admin:admin')}`;
      const headers = { authorization, 'content-type': 'application/json' };
      const spec = { ...minimal.RestApi, displayName: 'Made', context: '/made-by-hand' };
      const document = {
        apiVersion: 'gateway.api-platform.wso2.com/v1',
        kind: 'RestApi',
        metadata: { name: 'made' },
        spec,
      };
      const body = JSON.stringify(document);
      const at = `${scene.gateway.url}/api/management/v1/rest-apis`;
      expect((await fetch(at, { method: 'POST', headers, body })).status).to.equal(201);
      await scene.apply(scene.resource('RestApi', 'made', { ...spec, context: '/made' }));
      await scene.until('RestApi', 'made', 'Ready', 'False', 'Taken');

      const seen = await run(['status', 'restapis']);
      expect(seen.code).to.equal(1);
      expect(seen.stdout).to.match(
        new RegExp(`RestApi +${scene.namespace}/made +${gateway()} +\\d+s +Taken`),
      );

      const { code, stdout, stderr } = await run(['adopt', 'restapi/made', '--wait']);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.contain('adoption-policy is IfUnowned');
    });
  });

  describe('status', () => {
    it('is a line for the gateway and 0 where all is well', async () => {
      await eventually(async () => {
        const { code, stdout, stderr } = await run(['status']);
        expect(code, stdout + stderr).to.equal(0);
        const [header, line, ...rest] = stdout.trimEnd().split('\n');
        expect(header).to.match(/^GATEWAY +REACHABLE +SYNCED +API/);
        expect(line).to.match(new RegExp(`^${gateway()} +True +True +v1 +3/3 +0`));
        expect(rest).to.deep.equal([]);
      });
    });

    it('shows one resource on each of its gateways', async () => {
      const { code, stdout } = await run(['status', 'restapi', 'books']);
      expect(code).to.equal(0);
      expect(stdout).to.match(new RegExp(`RestApi +${scene.namespace}/books +${gateway()} +Programmed`));
    });

    it('gives the same to programs', async () => {
      const { stdout } = await run(['status', '-o', 'json']);
      const { gateways, troubles } = JSON.parse(stdout) as { gateways: object[]; troubles: object[] };
      expect([gateways.length, troubles.length]).to.deep.equal([1, 0]);
    });

    it('says that there is no such resource', async () => {
      const { code, stderr } = await run(['status', 'restapi', 'nosuch']);
      expect(code).to.equal(1);
      expect(stderr).to.contain(`there is no RestApi nosuch in namespace ${scene.namespace}`);
    });
  });
});
