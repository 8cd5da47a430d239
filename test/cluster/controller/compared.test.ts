import { expect } from 'chai';
import type { KubeClient } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { certificatePem } from '../../support/certificate-pem.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import { installCrds } from '../../support/install.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { eventually, secret, startScene, writes, type Scene } from './scene.ts';

/** One of every kind, what refers to something last; where each stands, and the collection's name for it. */
const cast: readonly (readonly [KindName, string, string, object?])[] = [
  ['Secret', 'held', 'secrets'],
  ['ManagedSecret', 'managed', 'secrets', { displayName: 'managed', value: 'managed-value' }],
  ['Certificate', 'ca', 'certificates', { certificate: certificatePem('compared') }],
  ['SubscriptionPlan', 'gold', 'subscription-plans'],
  ['RestApi', 'books', 'rest-apis'],
  ['WebSubApi', 'issues', 'websub-apis'],
  ['Mcp', 'tools', 'mcp-proxies'],
  ['LlmProviderTemplate', 'own', 'llm-provider-templates'],
  ['LlmProvider', 'vendor', 'llm-providers', { template: 'own' }],
  ['LlmProxy', 'assistant', 'llm-proxies'],
  ['ApiKey', 'books-key', 'rest-apis/books/api-keys'],
  ['Subscription', 'reader', 'subscriptions', { subscriptionPlanId: 'gold', subscriptionToken: 'a-token' }],
];

/** What the platform's operator gets wrong, and no other test shows in as many words; see docs/compared.md. */
describe('where the platform’s operator was seen to fail, this controller', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
    scene = await startScene('compared', { api: 'v0.9' });
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });

  const object = ([kind, name, , change = {}]: (typeof cast)[number]) =>
    scene.resource(kind, name, { ...minimal[kind], ...change });
  const everything = () => cast.map(object);
  const names = () => Object.fromEntries(cast.map(([, , path]) => [path, scene.gateway.stored(path).length]));
  const ready = async () => {
    for (const [kind, name] of cast) await scene.until(kind, name, 'Ready', 'True');
  };

  it('programs a gateway that came up long after the resources', async () => {
    await scene.gateway.stop();
    await scene.apply(...everything());
    await scene.until('RestApi', 'books', 'Ready', 'False', 'Unreachable');
    await scene.gateway.start();
    await ready();
  });

  it('keeps every kind until a gateway that is down has let it go', async () => {
    const before = names();
    await scene.gateway.stop();
    for (const [kind, name] of cast) await scene.remove(kind, name);
    for (const [kind, name] of cast)
      expect((await scene.until(kind, name, 'Programmed', 'False')).metadata.finalizers, kind).to.have.length(
        1,
      );
    expect(names()).to.deep.equal(before);
    await scene.gateway.start();
    for (const [kind, name] of cast) await scene.gone(kind, name);
    for (const path of Object.keys(before).filter((one) => one !== 'llm-provider-templates'))
      expect(scene.gateway.stored(path), path).to.deep.equal([]);
  });

  it('says why it waits, in the words of what went wrong', async () => {
    // For as long as it takes to be read: a few failures may be over before anybody looks.
    const path = '/mcp-proxies';
    const fault = scene.gateway.faults.add({ method: 'POST', path, status: 500, body: 'disk full' });
    await scene.apply(object(['Mcp', 'tools', '']));
    const waiting = await scene.until('Mcp', 'tools', 'Ready', 'False', 'Unavailable');
    expect(JSON.stringify(waiting.status?.conditions)).to.contain('500');
    fault.remove();
    await scene.until('Mcp', 'tools', 'Ready', 'True');
    await scene.remove('Mcp', 'tools');
  });

  it('takes what a gateway selects after its labels, or the selector, have changed, and gives up what it does not', async () => {
    const other = await startGateway({ api: 'v0.9', pollIntervalMs: 0 });
    const at = (tier: string) => ({
      scope: 'LabelSelector',
      matchLabels: { [`${scene.namespace}/tier`]: tier },
    });
    const label = (tier: string) => ({ labels: { [`${scene.namespace}/tier`]: tier } });
    const api = (tier: string) => scene.resource('RestApi', 'labelled', minimal.RestApi, label(tier));
    const stands = (there: boolean) =>
      eventually(() => expect(other.stored('rest-apis')).to.have.length(there ? 1 : 0));
    await scene.remove('apigateways.gateway.api-platform.wso2.com', 'main');
    await scene.apply(scene.apiGateway('other', other, at('blue')), api('green'));
    await scene.until('RestApi', 'labelled', 'Ready', 'False', 'NoGateway');
    await scene.apply(api('blue'));
    await stands(true);
    await scene.apply(api('green'));
    await stands(false);
    await scene.apply(scene.apiGateway('other', other, at('green')));
    await stands(true);
    await scene.apply(scene.apiGateway('other', other, at('blue')));
    await stands(false);
    await scene.remove('RestApi', 'labelled');
    await scene.gone('RestApi', 'labelled');
    await scene.remove('apigateways.gateway.api-platform.wso2.com', 'other');
    await scene.apply(scene.apiGateway('main', scene.gateway));
    await other.stop();
  });

  it('keeps the keys of a provider that can not go yet', async () => {
    const keys = () => scene.gateway.stored('llm-providers/vendor/api-keys');
    await scene.apply(
      object(['LlmProvider', 'vendor', '']),
      object(['LlmProxy', 'assistant', '']),
      scene.resource('ApiKey', 'vendor-key', { parentRef: { kind: 'LlmProvider', name: 'vendor' } }),
    );
    await scene.until('ApiKey', 'vendor-key', 'Ready', 'True');
    await scene.until('LlmProxy', 'assistant', 'Ready', 'True');
    scene.gateway.clearCalls();
    await scene.remove('LlmProvider', 'vendor');
    await scene.until('LlmProvider', 'vendor', 'Programmed', 'False', 'Removing');
    expect(keys()).to.have.length(1);
    expect(writes(scene.gateway)).to.deep.equal([]);
    await scene.remove('LlmProxy', 'assistant');
    await scene.remove('ApiKey', 'vendor-key');
    await scene.gone('LlmProvider', 'vendor');
  });

  it('keeps a template that a provider was made from, though the gateway would let it go', async () => {
    await scene.apply(
      object(['LlmProviderTemplate', 'own', '']),
      object(['LlmProvider', 'vendor', '', { template: 'own' }]),
    );
    await scene.until('LlmProvider', 'vendor', 'Ready', 'True');
    await scene.remove('LlmProviderTemplate', 'own');
    await scene.until('LlmProviderTemplate', 'own', 'Programmed', 'False', 'Removing');
    const template = () =>
      scene.gateway.stored('llm-provider-templates').filter((one) => JSON.stringify(one).includes('"own"'));
    expect(template()).to.have.length(1);
    await scene.remove('LlmProvider', 'vendor');
    await scene.gone('LlmProviderTemplate', 'own');
    expect(template()).to.deep.equal([]);
  });

  it('keeps a plan while there are subscriptions to it, and takes the subscriptions before their API', async () => {
    const shop: readonly (typeof cast)[number][] = cast.filter(([kind]) =>
      ['RestApi', 'SubscriptionPlan', 'Subscription'].includes(kind),
    );
    await scene.apply(...shop.map(object));
    await scene.until('Subscription', 'reader', 'Ready', 'True');
    scene.gateway.clearCalls();
    await scene.remove('SubscriptionPlan', 'gold');
    await scene.remove('RestApi', 'books');
    await scene.until('SubscriptionPlan', 'gold', 'Programmed', 'False', 'Removing');
    await scene.until('RestApi', 'books', 'Programmed', 'False', 'Removing');
    expect(writes(scene.gateway)).to.deep.equal([]);
    await scene.remove('Subscription', 'reader');
    for (const [kind, name] of shop) await scene.gone(kind, name);
    expect(writes(scene.gateway)[0]).to.match(/^DELETE \/subscriptions\//);
    expect(writes(scene.gateway)).to.have.length(3);
  });

  it('gives an API that somebody deleted at the gateway all its keys back', async () => {
    await scene.apply(object(['RestApi', 'books', '']), scene.resource('ApiKey', 'partner'));
    await scene.until('ApiKey', 'partner', 'Ready', 'True');
    const [key] = scene.gateway.stored('rest-apis/books/api-keys');
    scene.gateway.tamper.remove('rest-apis', 'books');
    await eventually(() => {
      const [again] = scene.gateway.stored('rest-apis/books/api-keys');
      expect(again?.value).to.equal(key?.value);
    });
  });

  it('still knows a generated key when its resource changes', async () => {
    const before = scene.gateway.stored('rest-apis/books/api-keys')[0]?.value;
    await scene.apply(
      scene.resource('ApiKey', 'partner', { ...minimal.ApiKey, expiresAt: '2040-01-01T00:00:00Z' }),
    );
    await eventually(() => {
      const [key] = scene.gateway.stored('rest-apis/books/api-keys');
      expect(JSON.stringify(key)).to.contain('2040-01-01');
      expect(key?.value).to.equal(before);
    });
    await scene.until('ApiKey', 'partner', 'Ready', 'True');
  });

  it('lets a key go whose API has gone', async () => {
    await scene.remove('RestApi', 'books');
    await scene.remove('ApiKey', 'partner');
    await scene.gone('RestApi', 'books');
    await scene.gone('ApiKey', 'partner');
  });

  it('sends no bookkeeping of kubectl, with whatever secrets it repeats', async () => {
    const annotations = { 'example.com/owner': 'team-a' };
    await scene.apply(scene.resource('RestApi', 'noted', minimal.RestApi, { annotations }));
    await scene.until('RestApi', 'noted', 'Ready', 'True');
    const sent = scene.gateway.calls.find(
      ({ method, path }) => method === 'POST' && path === '/rest-apis',
    )?.body;
    expect(JSON.stringify(await scene.get('RestApi', 'noted'))).to.contain('last-applied-configuration');
    const text = JSON.stringify(scene.gateway.stored('rest-apis')) + (sent ?? '');
    expect(text).to.contain('team-a');
    expect(text).not.to.contain('last-applied-configuration');
    await scene.remove('RestApi', 'noted');
  });

  it('looks for a Secret in the namespace of the resource alone, whatever else is asked for', async () => {
    const foreign = { valueFrom: { secretKeyRef: { name: 'theirs', key: 'k', namespace: 'kube-system' } } };
    await scene.apply(
      scene.resource('Mcp', 'curious', {
        ...minimal.Mcp,
        policies: [
          {
            name: 'set-headers',
            version: 'v1',
            params: { request: { headers: [{ name: 'X', value: foreign }] } },
          },
        ],
      }),
    );
    const told = await scene.until('Mcp', 'curious', 'ResolvedRefs', 'False', 'ValueNotFound');
    expect(JSON.stringify(told.status?.conditions)).to.contain('theirs');
    await scene.apply(secret('theirs', { k: 'of-this-namespace' }));
    await eventually(() =>
      expect(JSON.stringify(scene.gateway.stored('mcp-proxies'))).to.contain('of-this-namespace'),
    );
    await scene.remove('Mcp', 'curious');
  });
});

describe('a controller whose first status of a resource can not be written', function () {
  this.timeout(120_000);
  const cluster = useCluster();

  it('writes it again, and forgets none of twenty resources', async () => {
    await installCrds();
    const failed = new Set<string>();
    const controller = await startController(cluster().kubeconfig, {
      through: (client) => failingOnce(client, failed),
    });
    const scene = await startScene('wedge', { api: 'v1' });
    const tools = Array.from({ length: 20 }, (_, index) => `tools-${index}`);
    await scene.apply(
      ...tools.map((name) =>
        scene.resource('Mcp', name, { ...minimal.Mcp, displayName: name, context: `/${name}` }),
      ),
    );
    for (const name of tools) await scene.until('Mcp', name, 'Ready', 'True');
    for (const name of tools) expect(failed).to.contain(`${scene.namespace}/${name}`);
    expect(writes(scene.gateway)).to.have.length(tools.length);
    await scene.end();
    await controller.stop();
  });
});

/** The first status of each object is answered as if somebody else had just written. */
function failingOnce(client: KubeClient, failed: Set<string>): KubeClient {
  return new Proxy(client, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== 'function') return member;
      const call = member as (...args: unknown[]) => unknown;
      if (property === 'within')
        return (...args: unknown[]) => failingOnce(call(...args) as KubeClient, failed);
      if (property !== 'apply') return call;
      return async (...args: Parameters<KubeClient['apply']>) => {
        const [type, { metadata }, options] = args;
        const key = `${metadata.namespace ?? ''}/${metadata.name}`;
        if (type.plural === 'mcps' && options.subresource === 'status' && !failed.has(key)) {
          failed.add(key);
          throw new KubeError('could not write because it was modified', {
            status: 409,
            reason: 'Conflict',
            means: 'conflict',
          });
        }
        return await call(...args);
      };
    },
  });
}
