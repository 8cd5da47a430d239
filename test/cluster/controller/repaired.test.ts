import { expect } from 'chai';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, secret, startScene, writes, type Scene } from './scene.ts';

const prefix = 'gateway.api-platform.wso2.com';

interface Event {
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly name: string };
}

describe('drift at a gateway', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500 });
    scene = await startScene('repaired', { api: 'v1' });
    await scene.apply(secret('vendor', { key: 'canary-secret' }), api('books'), api('films'), mcp);
    for (const [kind, name] of [
      ['RestApi', 'books'],
      ['RestApi', 'films'],
      ['Mcp', 'tools'],
    ] as const)
      await scene.until(kind, name, 'Ready', 'True');
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });

  const api = (name: string, metadata: object = {}) =>
    ({
      apiVersion: `${prefix}/v1`,
      kind: 'RestApi',
      metadata: { name, ...metadata },
      spec: { ...minimal.RestApi, displayName: name, context: `/${name}` },
    }) as const;
  const mcp = {
    apiVersion: `${prefix}/v1`,
    kind: 'Mcp',
    metadata: { name: 'tools' },
    spec: {
      ...minimal.Mcp,
      upstream: {
        url: 'http://mcp:3001',
        auth: { type: 'api-key', header: 'X-Key', value: { valueFrom: { name: 'vendor', key: 'key' } } },
      },
    },
  };
  const told = async (reason: string, name: string) => {
    const text = await kubectl(['get', 'events', '-n', scene.namespace, '-o', 'json']);
    return (JSON.parse(text) as { items: readonly Event[] }).items
      .filter((event) => event.reason === reason && event.involvedObject.name === name)
      .map(({ message }) => message);
  };
  const tells = async (reason: string, name: string, ...messages: readonly string[]) => {
    const said = messages.map((message) => `gateway ${scene.namespace}/main: ${message}`);
    await eventually(async () => expect(await told(reason, name)).to.deep.equal(said), 60_000);
  };
  const comparisons = async (count: number) => {
    const lists = () =>
      scene.gateway.calls.filter(({ path, user }) => path === '/rest-apis' && user !== undefined).length;
    const before = lists();
    await eventually(() => expect(lists()).to.be.at.least(before + count), 60_000);
  };

  it('that is an edit is told with the fields that were put right, and never with their values', async () => {
    scene.gateway.tamper.edit('rest-apis', 'books', ({ spec }) => {
      spec.context = '/canary-context';
      spec.upstream = { main: { url: 'http://canary-host:1' } };
    });
    await tells(
      'DriftRepaired',
      'books',
      'it was edited there and was put right: spec.context, spec.upstream.main.url',
    );
    expect(await told('Replaced', 'books')).to.deep.equal([]);
    expect(await told('DriftFound', 'books')).to.deep.equal([]);
  });

  it('that is an edit of many fields names five and counts the others', async () => {
    scene.gateway.tamper.edit('rest-apis', 'films', ({ metadata }) => {
      metadata.labels = Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => [`hand-${index}`, 'made']),
      );
    });
    await eventually(async () => {
      const [message = ''] = await told('DriftRepaired', 'films');
      expect(message).to.match(/put right: (metadata\.labels\["hand-\d+"\](, | and )){5}35 more$/);
    }, 60_000);
  });

  it('that nobody can see is told as a credential', async () => {
    scene.gateway.tamper.edit('mcp-proxies', 'tools', ({ spec }) => {
      const upstream = spec.upstream as { auth: { value: string } };
      upstream.auth.value = 'another';
    });
    await tells('DriftRepaired', 'tools', 'it was edited there and was put right: credential');
  });

  it('that is a removal is told apart from an edit, and from the loss of everything', async () => {
    scene.gateway.tamper.remove('rest-apis', 'films');
    await eventually(async () => {
      expect((await told('DriftRepaired', 'films')).join()).to.contain(
        'it was deleted there and was created again',
      );
    }, 60_000);
    scene.gateway.restartEmpty();
    for (const name of ['books', 'films', 'tools'])
      await eventually(async () => {
        const messages = (await told('DriftRepaired', name)).join();
        expect(messages).to.contain('everything was wiped there; it was created again');
      }, 60_000);
  });

  it('that is mended only after the gateway has failed for a while is told all the same, and once', async () => {
    scene.gateway.faults.add({ method: 'PUT', path: '/rest-apis/books', status: 503, times: 2 });
    scene.gateway.tamper.edit('rest-apis', 'books', ({ spec }) => {
      spec.version = 'v9.9';
    });
    await eventually(async () => {
      const messages = await told('DriftRepaired', 'books');
      expect(messages.filter((message) => message.includes('spec.version'))).to.have.length(1);
    }, 60_000);
  });

  it('never shows a value in an event', async () => {
    expect(await kubectl(['get', 'events', '-n', scene.namespace, '-o', 'json'])).not.to.contain('canary');
  });

  for (const [where, field, observe] of [
    ['the resource', 'context', () => scene.apply(api('books', observing))],
    ['its namespace', 'version', () => annotate('namespace', scene.namespace)],
    ['its gateway', 'displayName', () => annotate(`apigateways.${prefix}`, 'main')],
  ] as const) {
    it(`is told and not touched where ${where} says Observe`, async () => {
      await observe();
      await scene.until('RestApi', 'books', 'Programmed', 'True');
      await comparisons(2);
      scene.gateway.clearCalls();
      scene.gateway.tamper.edit('rest-apis', 'books', ({ spec }) => {
        spec[field] = field === 'context' ? '/elsewhere' : 'v7.7';
      });
      const message = `gateway ${scene.namespace}/main: it was edited there in spec.${field}; the annotation reconcile says Observe`;
      await eventually(async () => {
        expect(await told('DriftFound', 'books')).to.include(message);
        const { status } = (await scene.get('RestApi', 'books'))!;
        expect(JSON.stringify(status?.gateways)).to.contain(`it would be changed in spec.${field}`);
      }, 60_000);
      await comparisons(3);
      expect(writes(scene.gateway)).to.deep.equal([]);
      await unannotate();
      await scene.until('RestApi', 'books', 'Ready', 'True');
      await eventually(() => expect(writes(scene.gateway)).to.deep.equal(['PUT /rest-apis/books']), 60_000);
    });
  }

  const observing = { annotations: { [`${prefix}/reconcile`]: 'Observe' } };
  const annotate = (type: string, name: string) =>
    kubectl(['annotate', type, name, '-n', scene.namespace, `${prefix}/reconcile=Observe`, '--overwrite']);
  const unannotate = async () => {
    for (const [type, name] of [
      [`restapis.${prefix}`, 'books'],
      ['namespace', scene.namespace],
      [`apigateways.${prefix}`, 'main'],
    ] as const)
      await kubectl(['annotate', type, name, '-n', scene.namespace, `${prefix}/reconcile-`]);
  };
});
