import { expect } from 'chai';
import { definitionsIn } from '../../../src/policies/definition.ts';
import { PolicyLibrary } from '../../../src/policies/library.ts';
import { minimal, type KindName } from '../../support/manifests.ts';
import { denials, gateway, resource, warnings } from './world.ts';

const parameters = {
  type: 'object',
  additionalProperties: false,
  required: ['limit'],
  properties: { limit: { type: 'integer', minimum: 1 }, text: { type: 'string', maxLength: 3 } },
};
const definitions = definitionsIn({
  policies: [
    { name: 'limit', version: 'v1.0.3', parameters },
    { name: 'limit', version: 'v2.0.0', parameters: {} },
    { name: 'odd', version: 'v1.0.0', parameters: { $ref: 'http://x/y' } },
  ],
});
const policies = { 'gateways/one': new PolicyLibrary(definitions ?? []) };

describe('the policies of a resource', () => {
  const api = (...given: readonly object[]) =>
    resource('RestApi', 'books', { ...minimal.RestApi, policies: given });
  const llm = (generation: 'v0.9' | 'v1', field: string, given: object) => ({
    object: resource('LlmProvider', 'llm', { ...minimal.LlmProvider, [field]: [given] }),
    world: { policies, gateways: [gateway('one', { generation })] },
  });

  for (const [title, given, expected] of [
    [
      'an unknown name, and the one that was meant',
      { name: 'limti', version: 'v1' },
      'spec.policies[0].name: is no policy of gateway gateways/one, got "limti"; did you mean limit?',
    ],
    [
      'an unknown name that is like no other',
      { name: 'nosuch' },
      'spec.policies[0].name: is no policy of gateway gateways/one, got "nosuch"; status.policies of the APIGateway lists those there are',
    ],
    [
      'an unknown major version, and those that there are',
      { name: 'limit', version: 'v9' },
      'spec.policies[0].version: is no major version of limit on gateway gateways/one, got "v9"; there is v2, v1',
    ],
    [
      'parameters that do not fit, without repeating them',
      { name: 'limit', version: 'v1', params: { limit: 'hunter2' } },
      'spec.policies[0].params.limit: must be a value of type integer (limit v1.0.3 on gateway gateways/one)',
    ],
    [
      'parameters that are not there',
      { name: 'limit', version: 'v1' },
      'spec.policies[0].params.limit: is required (limit v1.0.3 on gateway gateways/one)',
    ],
  ] as const) {
    it(`are refused for ${title}`, () => expect(denials(api(given), { policies })).to.deep.equal([expected]));
  }

  it('are the newest where they name no version', () => {
    expect(denials(api({ name: 'limit', params: { anything: 1 } }), { policies })).to.deep.equal([]);
  });

  it('may take a text from a Secret or a template', () => {
    const from = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
    for (const text of [from, '{{ secret "longer" }}']) {
      const said = denials(api({ name: 'limit', version: 'v1', params: { limit: 1, text } }), { policies });
      expect(said.filter((one) => one.includes('(limit'))).to.deep.equal([]);
    }
  });

  it('are refused with every fault at every gateway at once', () => {
    const gateways = [gateway('one'), gateway('two')];
    const known = { ...policies, 'gateways/two': new PolicyLibrary([]) };
    const given = api({ name: 'limit', version: 'v1' }, { name: 'nosuch' });
    expect(denials(given, { gateways, policies: known })).to.have.length(4);
  });

  it('are warned about once where nobody knows what the gateways have loaded', () => {
    const given = api({ name: 'nosuch' }, { name: 'limit', version: 'v9' });
    expect(denials(given)).to.deep.equal([]);
    expect(warnings(given)).to.deep.equal([
      'spec: has policies that are not checked: what gateway gateways/one loaded is not known; spec.management.adminUrl or policyDefinitionsRef of an APIGateway tells',
    ]);
    expect(warnings(api())).to.deep.equal([]);
  });

  it('are warned about where their definition is of no use', () => {
    expect(denials(api({ name: 'odd', params: { a: 1 } }), { policies })).to.deep.equal([]);
    expect(warnings(api({ name: 'odd' }), { policies })[0]).to.contain(
      "spec.policies[0].params: can't be checked",
    );
  });

  it('are not brought up again by an edit elsewhere', () => {
    const old = api({ name: 'nosuch' });
    const object = {
      ...old,
      spec: { ...minimal.RestApi, policies: [{ name: 'nosuch' }], context: '/other' },
    };
    expect(denials(object, { old, policies })).to.deep.equal([]);
    expect(warnings(object, { old, policies })).to.have.length(1);
  });

  for (const [title, generation, field, given, verdict] of [
    ['an unknown name in the older list', 'v1', 'policies', { name: 'nosuch', version: 'v1' }, 'refused'],
    ['an unknown name in the older list', 'v0.9', 'policies', { name: 'nosuch', version: 'v1' }, 'warned'],
    ['an unknown version in the older list', 'v1', 'policies', { name: 'limit', version: 'v9' }, 'refused'],
    [
      'parameters in the older list',
      'v1',
      'policies',
      { name: 'limit', version: 'v1', paths: [{ path: '/', methods: ['GET'], params: { zz: 1, limit: 1 } }] },
      'warned',
    ],
    [
      'parameters at a path',
      'v1',
      'operationPolicies',
      { name: 'limit', version: 'v1', paths: [{ path: '/', methods: ['GET'], params: { zz: 1, limit: 1 } }] },
      'refused',
    ],
  ] as const) {
    it(`of an LLM kind are ${verdict} for ${title} at a gateway of generation ${generation}`, () => {
      const { object, world } = llm(generation, field, given);
      const about = (said: readonly string[]) => said.filter((one) => one.includes(`spec.${field}[0]`));
      expect(about(denials(object, world))).to.have.length(verdict === 'refused' ? 1 : 0);
      expect(about(warnings(object, world))).to.have.length(verdict === 'warned' ? 1 : 0);
    });
  }

  it('of a kind whose policies no gateway looks at are warned about', () => {
    const kind: KindName = 'WebSubApi';
    const spec = { ...minimal[kind], receiver: { policies: [{ name: 'nosuch', version: 'v1' }] } };
    const object = resource(kind, 'events', spec);
    expect(denials(object, { policies })).to.deep.equal([]);
    expect(warnings(object, { policies }).join()).to.contain('spec.receiver.policies[0].name: is no policy');
  });
});
