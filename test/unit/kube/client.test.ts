import { expect } from 'chai';
import { createKubeClient, type KubeClient } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { type Tenure, unending } from '../../../src/runtime/tenure.ts';
import { json, page, reset, ScriptedApiServer, status, thing, thingType } from './api-server.ts';
import { eventually } from './eventually.ts';

async function failureOf(promise: Promise<unknown>): Promise<KubeError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof KubeError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

describe('the client of the API server', () => {
  let server: ScriptedApiServer;
  let client: KubeClient;

  beforeEach(async () => {
    server = await new ScriptedApiServer().start();
    client = createKubeClient({ kubeConfig: server.kubeConfig() });
  });
  afterEach(() => server.stop());

  it('reads nothing where there is nothing', async () => {
    server.onList(status(404, 'NotFound'));
    expect(await client.get(thingType, 'shop', 'a')).to.equal(undefined);
  });

  for (const [code, reason, means] of [
    [400, 'BadRequest', 'invalid'],
    [401, 'Unauthorized', 'unauthorized'],
    [403, 'Forbidden', 'forbidden'],
    [404, 'NotFound', 'notFound'],
    [409, 'AlreadyExists', 'exists'],
    [409, 'Conflict', 'conflict'],
    [410, 'Expired', 'expired'],
    [422, 'Invalid', 'invalid'],
    [500, 'InternalError', 'unavailable'],
    [503, 'ServiceUnavailable', 'unavailable'],
  ] as const) {
    it(`takes ${code} ${reason} for ${means}`, async () => {
      server.onOther(status(code, reason));
      const error = await failureOf(client.create(thingType, thing('a', '')));
      expect(error).to.include({ status: code, reason, means });
      expect(error.message).to.equal(
        `could not create Thing shop/a because said ${reason} (${code} ${reason})`,
      );
      expect(server.requests).to.have.lengthOf(1);
    });
  }

  it('brings along which fields are wrong', async () => {
    const causes = [{ reason: 'FieldValueInvalid', message: 'too long', field: 'spec.color' }];
    server.onOther(json(422, { reason: 'Invalid', message: 'no', details: { causes } }));
    expect((await failureOf(client.create(thingType, thing('a', '')))).causes).to.deep.equal(causes);
  });

  it('makes one line of an answer that is not the API server’s', async () => {
    server.onOther((response) => response.writeHead(502).end('<html>\nBad Gateway\n</html>'));
    const error = await failureOf(client.create(thingType, thing('a', '')));
    expect(error.message).to.equal('could not create Thing shop/a because <html> (502)');
  });

  it('reads again when the connection breaks', async () => {
    server.onList(reset, reset, json(200, thing('a', '1')));
    expect(await client.get(thingType, 'shop', 'a')).to.deep.equal(thing('a', '1'));
  });

  it('does not write again when the connection breaks, since the write may have been done', async () => {
    server.onOther(reset);
    const error = await failureOf(client.create(thingType, thing('a', '')));
    expect(error).to.include({ status: 0, means: 'unavailable' });
    expect(server.requests).to.have.lengthOf(1);
  });

  it('writes again when the server says that it did nothing', async () => {
    server.onOther(status(429, 'TooManyRequests', { 'retry-after': '0' }), json(201, thing('a', '1')));
    expect((await client.create(thingType, thing('a', ''))).metadata.resourceVersion).to.equal('1');
  });

  it('says for how long the server asks to wait', async () => {
    server.onOther(status(503, 'ServiceUnavailable', { 'retry-after': '7' }));
    expect((await failureOf(client.create(thingType, thing('a', '')))).retryAfterMs).to.equal(7000);
  });

  it('has room for requests however many watches are open', async () => {
    const end = new AbortController();
    const options = { resourceVersion: '1', timeoutSeconds: 300, idleMs: 60_000 };
    const watches = Array.from({ length: 100 }, async () => {
      for await (const _ of client.watch(thingType, options, end.signal)) expect.fail('nothing happens');
    });
    await eventually(() => server.streams.size === watches.length);
    server.onList(json(200, thing('a', '1')));
    expect(await client.within({ timeoutMs: 5000 }).get(thingType, 'shop', 'a')).to.deep.equal(
      thing('a', '1'),
    );
    end.abort();
    await Promise.allSettled(watches);
  });

  it('gives up within its limits', async () => {
    server.onList(() => undefined);
    const error = await failureOf(client.within({ timeoutMs: 50 }).get(thingType, 'shop', 'a'));
    expect(error).to.include({ means: 'unavailable', reason: 'TimeoutError' });
  });

  it('ends at its signal, and sends nothing after it', async () => {
    const controller = new AbortController();
    const limited = client.within({ signal: controller.signal });
    server.onList(() => controller.abort());
    expect((await failureOf(limited.get(thingType, 'shop', 'a'))).means).to.equal('aborted');
    expect((await failureOf(limited.create(thingType, thing('a', '')))).means).to.equal('aborted');
    expect(server.requests).to.have.lengthOf(1);
  });

  it('keeps within the narrower of two limits', async () => {
    const controller = new AbortController();
    const limited = client.within({ signal: controller.signal }).within({ timeoutMs: 20_000 });
    controller.abort();
    expect((await failureOf(limited.get(thingType, 'shop', 'a'))).means).to.equal('aborted');
  });

  it('says what an item of a list is, although the server does not', async () => {
    const { metadata } = thing('a', '1');
    server.onList(json(200, { metadata: { resourceVersion: '1' }, items: [{ metadata }] }));
    const { items } = await client.list(thingType);
    expect(items).to.deep.equal([{ apiVersion: 'example.com/v1', kind: 'Thing', metadata }]);
  });

  it('asks for what is selected', async () => {
    server.onList(page('1', []));
    await client.list(thingType, {
      namespace: 'a b',
      labelSelector: 'x=y,z',
      fieldSelector: 'metadata.name=n',
    });
    const [url] = server.requests;
    expect(url?.pathname).to.equal('/apis/example.com/v1/namespaces/a%20b/things');
    expect(url?.searchParams.get('labelSelector')).to.equal('x=y,z');
    expect(url?.searchParams.get('fieldSelector')).to.equal('metadata.name=n');
  });

  describe('whose writes are asked about', () => {
    const over = AbortSignal.abort();
    const asked: string[] = [];
    const within = (tenure: (namespace: string | undefined) => Tenure | undefined) =>
      client.within({
        tenureOf: ({ type, namespace, name }) => {
          asked.push(`${type.plural} ${namespace ?? ''}/${name}`);
          return tenure(namespace);
        },
      });
    beforeEach(() => asked.splice(0));

    const writes: readonly (readonly [string, (by: KubeClient) => Promise<unknown>])[] = [
      ['creates', (by) => by.create(thingType, thing('a', ''))],
      ['replaces', (by) => by.replace(thingType, thing('a', '1'))],
      ['merges', (by) => by.mergePatch(thingType, 'shop', 'a', {})],
      ['patches', (by) => by.jsonPatch(thingType, 'shop', 'a', [])],
      ['applies', (by) => by.apply(thingType, thing('a', '1'), { fieldManager: 'test' })],
      ['deletes', (by) => by.delete(thingType, 'shop', 'a')],
    ];
    for (const [how, write] of writes) {
      it(`${how} nothing where it has no right to, nor when the right has ended`, async () => {
        expect((await failureOf(write(within(() => undefined)))).means).to.equal('aborted');
        expect((await failureOf(write(within(() => unending(over))))).means).to.equal('aborted');
        expect(asked).to.deep.equal(['things shop/a', 'things shop/a']);
        expect(server.requests).to.deep.equal([]);
      });

      it(`${how} where it has the right to`, async () => {
        server.onOther(json(200, thing('a', '2')));
        await write(within(() => unending(new AbortController().signal)));
        expect(server.requests).to.have.lengthOf(1);
      });
    }

    it('reads without being asked', async () => {
      server.onList(json(200, thing('a', '1')));
      await within(() => undefined).get(thingType, 'shop', 'a');
      expect(asked).to.deep.equal([]);
    });

    it('keeps to it within narrower limits', async () => {
      const narrower = within(() => undefined).within({ timeoutMs: 1000 });
      expect((await failureOf(narrower.create(thingType, thing('a', '')))).means).to.equal('aborted');
    });
  });
});
