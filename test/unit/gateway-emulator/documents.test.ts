import { expect } from 'chai';
import type { Gateway } from '../../support/gateway/emulator.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import type { JsonObject } from '../../support/gateway/wire/json.ts';
import { call } from './client.ts';
import type { Kind } from './documents.ts';
import { collections, document } from './documents.ts';

const kinds: readonly Kind[] = [
  'RestApi',
  'Mcp',
  'LlmProvider',
  'LlmProxy',
  'LlmProviderTemplate',
  'WebSubApi',
];

/** What is read back beyond or short of what was sent. */
const differences: Readonly<Record<string, Partial<Record<Kind, (spec: JsonObject) => JsonObject>>>> = {
  'v0.9': {
    RestApi: (spec) => ({ ...spec, vhosts: { main: '*', sandbox: 'sandbox-*' } }),
    WebSubApi: (spec) => ({ ...spec, vhosts: { main: '*', sandbox: 'sandbox-*' } }),
  },
  v1: {
    RestApi: (spec) => ({ ...spec, vhosts: { main: '*', sandbox: 'sandbox-*' } }),
    LlmProvider: (spec) => ({
      ...spec,
      upstream: { url: 'https://model.example/v1', auth: { type: 'api-key', header: 'Authorization' } },
    }),
    LlmProviderTemplate: (spec) => ({
      ...spec,
      groupId: 'books',
      managedBy: 'organization',
      version: 'v1.0',
    }),
  },
};

for (const api of ['v0.9', 'v1'] as const) {
  describe(`a document on the emulated gateway ${api}`, () => {
    let gateway: Gateway;

    beforeEach(async () => {
      gateway = await startGateway({ api, pollIntervalMs: 0 });
      await call(gateway, 'POST', '/llm-providers', document('LlmProvider', 'model', api));
    });

    afterEach(() => gateway.stop());

    for (const kind of kinds.filter((one) => api === 'v0.9' || one !== 'WebSubApi')) {
      it(`reads back as it was sent, but for what is known, when it is a ${kind}`, async () => {
        const sent = document(kind, 'books', api);
        await call(gateway, 'POST', collections[kind], sent);
        const answer = await call(gateway, 'GET', `${collections[kind]}/books`);
        const expected = differences[api]?.[kind]?.(sent.spec as JsonObject) ?? sent.spec;
        expect(answer.at('spec')).to.deep.equal(expected);
      });
    }

    it('loses unknown fields, nulls and a status, and keeps what is empty', async () => {
      const sent = document('RestApi', 'books', api, {
        bogus: 1,
        subscriptionPlans: null,
        policies: [],
        vhosts: {},
      });
      const metadata = { name: 'books', uid: 'u', labels: {}, annotations: { a: null } };
      await call(gateway, 'POST', '/rest-apis', { ...sent, metadata, status: { state: 'undeployed' } });
      const answer = await call(gateway, 'GET', '/rest-apis/books');
      expect(answer.at('metadata')).to.deep.equal({ name: 'books', labels: {}, annotations: { a: '' } });
      expect(answer.at('spec'))
        .to.include.keys('policies', 'vhosts')
        .and.not.include.keys('bogus', 'subscriptionPlans');
      expect(answer.at('status.state')).to.equal('deployed');
    });

    it('shows $version rendered in the list and nowhere else', async () => {
      await call(
        gateway,
        'POST',
        '/rest-apis',
        document('RestApi', 'books', api, { context: '/books/$version' }),
      );
      expect((await call(gateway, 'GET', '/rest-apis')).at('apis.0.spec.context')).to.equal('/books/v1.0');
      expect((await call(gateway, 'GET', '/rest-apis/books')).at('spec.context')).to.equal('/books/$version');
    });

    it('is undeployed by a PUT and not by a POST', async () => {
      const sent = document('RestApi', 'books', api, { deploymentState: 'undeployed' });
      expect((await call(gateway, 'POST', '/rest-apis', sent)).at('status.state')).to.equal('deployed');
      expect((await call(gateway, 'PUT', '/rest-apis/books', sent)).at('status.state')).to.equal(
        'undeployed',
      );
      expect((await call(gateway, 'GET', '/rest-apis?status=undeployed')).at('count')).to.equal(1);
      expect((await call(gateway, 'GET', '/rest-apis?status=deployed')).at('count')).to.equal(0);
    });

    it('is told an earlier time than is stored', async () => {
      const answer = await call(gateway, 'POST', '/rest-apis', document('RestApi', 'books', api));
      const stored = (await call(gateway, 'GET', '/rest-apis/books')).textAt('status.updatedAt');
      expect(stored > answer.textAt('status.updatedAt')).to.equal(true);
    });

    it('takes the place of another that names the same artifact id', async () => {
      const metadata = { annotations: { 'gateway.api-platform.wso2.com/artifact-id': 'an-id' } };
      const [one, other] = ['books', 'films'].map((name) => {
        return { ...document('RestApi', name, api), metadata: { ...metadata, name } };
      });
      expect((await call(gateway, 'POST', '/rest-apis', one)).status).to.equal(201);
      expect((await call(gateway, 'POST', '/rest-apis', other)).status).to.equal(201);
      expect((await call(gateway, 'GET', '/rest-apis/books')).status).to.equal(404);
      expect((await call(gateway, 'GET', '/rest-apis/films')).status).to.equal(200);
    });

    it('is stored once when many send it at the same time', async () => {
      const sent = document('RestApi', 'books', api);
      const answers = await Promise.all(
        Array.from({ length: 16 }, () => call(gateway, 'POST', '/rest-apis', sent)),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).to.deep.equal([201, ...Array.from({ length: 15 }, () => 409)]);
    });

    it('keeps a credential that a PUT leaves out, on generation 1 alone', async () => {
      const auth = { type: 'api-key', header: 'Authorization' };
      const sent = document('LlmProvider', 'model', api, { upstream: { url: 'https://new.example', auth } });
      const { status } = await call(gateway, 'PUT', '/llm-providers/model', sent);
      expect(status).to.equal(api === 'v1' ? 200 : 400);
      const [stored] = gateway.stored('llm-providers');
      expect(stored).to.have.nested.property('spec.upstream.auth.value', 'Bearer key');
    });
  });
}
