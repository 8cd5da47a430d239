import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import { startImpostor, type Impostor } from '../../support/gateway/impostor.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

const html = '<html><body>hunter2-hunter2 is not the password</body></html>';
const answer =
  (status: number, body = '', headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);
const half: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-length': '1000' }).write('{"apis":[');
  setTimeout(() => response.destroy(), 20);
};

describe('a gateway that talks nonsense', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;
  let impostor: Impostor;
  let elsewhere: Impostor;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
    scene = await startScene('nonsense', { api: 'v1' });
    impostor = await startImpostor({ behind: scene.gateway.url });
    elsewhere = await startImpostor();
    elsewhere.answers(answer(200, '{"apis":[]}'));
    await scene.apply(scene.apiGateway('main', impostor), api('books'));
    await scene.until('RestApi', 'books', 'Ready', 'True');
  });
  after(async () => {
    impostor.answers(undefined);
    await scene.end();
    await controller.stop();
    await impostor.stop();
    await elsewhere.stop();
  });
  afterEach(() => impostor.answers(undefined));

  const api = (name: string) =>
    scene.resource('RestApi', name, { ...minimal.RestApi, displayName: name, context: `/${name}` });
  const names = () =>
    scene.gateway.stored('rest-apis').map((item) => (item.metadata as { name: string }).name);
  const gatewaySays = async (type: string, status: string, says: RegExp) =>
    await eventually(async () => {
      const found = await scene.get('apigateways.gateway.api-platform.wso2.com', 'main');
      const condition = found?.status?.conditions?.find((one) => one.type === type);
      expect(condition?.status, JSON.stringify(condition)).to.equal(status);
      expect(condition?.message).to.match(says);
      expect(JSON.stringify(found?.status)).not.to.contain('hunter2').and.not.to.contain('<');
    });

  const whole: readonly (readonly [string, RequestListener, RegExp])[] = [
    ['pages of HTML', answer(200, html), /answered 200 with a page of HTML/],
    ['pages of HTML for errors', answer(404, html), /not a management API/],
    ['half of its answers', half, /its answer, 200, broke off/],
    ['nothing', answer(204), /answered 204 with nothing/],
  ];
  for (const [index, [what, how, says]] of whole.entries()) {
    it(`is out of reach while it gives ${what}, which its status says, and is as before afterwards`, async () => {
      const [old, young] = [`old-${index}`, `young-${index}`];
      await scene.apply(api(old));
      await scene.until('RestApi', old, 'Ready', 'True');
      impostor.answers(how);
      await gatewaySays('Reachable', 'False', says);
      await scene.remove('RestApi', old);
      await scene.apply(api(young));
      await scene.until('RestApi', old, 'Programmed', 'False', 'Removing');
      await scene.until('RestApi', young, 'Ready', 'False', 'Unreachable');
      impostor.answers(undefined);
      await scene.gone('RestApi', old);
      await scene.until('RestApi', young, 'Ready', 'True');
      expect(names()).to.include(young).and.to.include('books').and.not.to.include(old);
    });
  }

  it('gets no credentials of ours to another host, wherever it sends us', async () => {
    impostor.answers((request, response) => {
      response.writeHead(307, { location: `${elsewhere.url}${request.url ?? ''}` }).end();
    });
    await gatewaySays('Reachable', 'False', /answered 307/);
    await scene.apply(api('redirected'));
    await scene.until('RestApi', 'redirected', 'Ready', 'False');
    impostor.answers(undefined);
    await scene.until('RestApi', 'redirected', 'Ready', 'True');
    expect(elsewhere.met).to.deep.equal([]);
  });

  const ofWrites: readonly (readonly [string, RequestListener, RegExp])[] = [
    ['an error as a success', answer(200, '{"status":"error"}'), /answered 200 with JSON of another shape/],
    ['a page of HTML as a success', answer(201, html), /answered 201 with a page of HTML/],
    ['a page of HTML as a refusal', answer(400, html), /answered 400 with a page of HTML/],
    ['nothing', answer(204), /answered 204 with nothing/],
    ['a redirect', answer(302, '', { location: 'https://elsewhere.example' }), /answered 302/],
    ['half of an answer', half, /broke off/],
  ];
  for (const [index, [what, how, says]] of ofWrites.entries()) {
    it(`is not believed where it answers a write with ${what}; that is said, and tried again`, async () => {
      const name = `written-${index}`;
      impostor.answers(how, /^(POST|PUT) /);
      await scene.apply(api(name));
      const failing = await scene.until('RestApi', name, 'Ready', 'False', 'Unavailable');
      const said = JSON.stringify(failing.status);
      expect(said).to.match(says).and.not.to.contain('hunter2').and.not.to.contain('<');
      impostor.answers(undefined);
      await scene.until('RestApi', name, 'Ready', 'True');
      expect(names().filter((one) => one === name)).to.have.length(1);
    });
  }

  for (const [what, how] of [
    ['a page of HTML says that it is absent', answer(404, html)],
    ['it is told that nobody knows it', answer(404)],
  ] as const) {
    it(`has nothing taken from its resources because ${what}`, async () => {
      await scene.apply(api('doomed'));
      await scene.until('RestApi', 'doomed', 'Ready', 'True');
      impostor.answers(how, /\/rest-apis\/doomed$/);
      await scene.remove('RestApi', 'doomed');
      const held = await scene.until('RestApi', 'doomed', 'Programmed', 'False', 'Removing');
      expect(JSON.stringify(held.status)).to.contain('answered 404 with');
      expect(names()).to.include('doomed');
      impostor.answers(undefined);
      await scene.gone('RestApi', 'doomed');
      expect(names()).not.to.include('doomed');
    });
  }

  const lists: readonly (readonly [string, RequestListener])[] = [
    ['is none', answer(200, '{"apis":"none"}')],
    ['has an entry of nothing', answer(200, '{"apis":[null]}')],
    ['is a page of HTML', answer(200, html)],
    ['breaks off', half],
    ['is an error', answer(500, '{"message":"database is locked"}')],
  ];
  for (const [index, [what, how]] of lists.entries()) {
    it(`keeps all but that going where one of its lists ${what}, and nothing is written because of it`, async () => {
      await scene.apply(scene.resource('Mcp', 'tools'));
      await scene.until('Mcp', 'tools', 'Ready', 'True');
      scene.gateway.clearCalls();
      impostor.answers(how, /^GET .*\/mcp-proxies$/);
      await gatewaySays('Synced', 'False', /could not list \/?\w/);
      const name = `beside-${index}`;
      await scene.apply(api(name));
      await scene.until('RestApi', name, 'Ready', 'True');
      expect(writes(scene.gateway)).to.deep.equal(['POST /rest-apis']);
      impostor.answers(undefined);
      await gatewaySays('Synced', 'True', /it holds all/);
    });
  }

  it('is left alone where it says that it gets too many calls, and no other gateway is', async () => {
    const other = await startGateway({ api: 'v1', pollIntervalMs: 0 });
    const selector = { scope: 'LabelSelector', matchLabels: { both: 'yes' } };
    const labelled = (name: string) => ({
      ...api(name),
      metadata: { name, namespace: scene.namespace, labels: { both: 'yes' } },
    });
    const statesOf = async (name: string) =>
      Object.fromEntries(
        ((await scene.get('RestApi', name))?.status?.gateways ?? []).map((entry) => [
          entry.name,
          entry.state,
        ]),
      );
    try {
      await scene.apply(scene.apiGateway('other', other, selector));
      impostor.answers(answer(429, '{"message":"slow down"}', { 'retry-after': '3' }), /^POST /);
      await scene.apply(labelled('first'));
      await eventually(async () =>
        expect(await statesOf('first')).to.deep.equal({ main: 'Failing', other: 'Programmed' }),
      );
      await scene.apply(labelled('second'));
      await eventually(async () => expect(await statesOf('second')).to.include({ other: 'Programmed' }));
      expect(impostor.met.filter(({ path }) => path.endsWith('/second'))).to.deep.equal([]);
      impostor.answers(undefined);
      await scene.until('RestApi', 'first', 'Ready', 'True');
      await scene.until('RestApi', 'second', 'Ready', 'True');
    } finally {
      await scene.remove('apigateways.gateway.api-platform.wso2.com', 'other');
      await other.stop();
    }
  });
});
