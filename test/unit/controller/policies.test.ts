import { expect } from 'chai';
import { deletesWithGateway, policiesOf } from '../../../controller/cluster/policies.ts';
import { isForbiddenHost } from '../../../controller/gateway/forbidden-host.ts';
import { helmCredentials } from '../../../controller/gateway/helm-credentials.ts';
import type { Annotated } from '../../../src/model/annotated.ts';

const prefix = 'gateway.api-platform.wso2.com';
const with_ = (annotations: Record<string, string>, finalizers: readonly string[] = []): Annotated => ({
  metadata: {
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [`${prefix}/${key}`, value]),
    ),
    finalizers,
  },
});
const none = with_({});

describe('what people ask for by annotation', () => {
  it('is to reconcile, to delete and to adopt what is equal, where nobody asks', () => {
    expect(policiesOf(none, undefined, none)).to.deep.equal({
      mode: 'Active',
      deletion: 'Delete',
      adoption: 'IfEqual',
      recreate: false,
    });
  });

  it('counts from the nearest of resource, namespace and gateway', () => {
    const far = with_({ reconcile: 'Paused', 'deletion-policy': 'Orphan' });
    expect(policiesOf(none, far, with_({ reconcile: 'Observe' })).mode).to.equal('Paused');
    expect(policiesOf(with_({ reconcile: 'Active' }), far, far)).to.include({
      mode: 'Active',
      deletion: 'Orphan',
    });
  });

  it('is to make anew what the gateway can not change, where the nearest that says anything says so', () => {
    const yes = with_({ 'allow-recreate': 'true' });
    const no = with_({ 'allow-recreate': 'false' });
    expect(policiesOf(none, none, yes).recreate).to.equal(true);
    expect(policiesOf(none, no, yes).recreate).to.equal(false);
    expect(policiesOf(yes, no, no).recreate).to.equal(true);
    expect(policiesOf(with_({ 'allow-recreate': 'yes' }), undefined, none).recreate).to.equal(false);
  });

  it('counts as not said where it is no word that we know', () => {
    expect(policiesOf(with_({ reconcile: 'paused', 'adoption-policy': 'yes' }), undefined, none)).to.include({
      mode: 'Active',
      adoption: 'IfEqual',
    });
  });

  it('is to adopt anything only where the gateway says so too', () => {
    const always = with_({ 'adoption-policy': 'Always' });
    expect(policiesOf(always, undefined, none).adoption).to.equal('IfEqual');
    expect(policiesOf(always, undefined, always).adoption).to.equal('Always');
  });

  it("is to adopt what nobody owns where the platform's operator had the resource", () => {
    expect(policiesOf(with_({}, [`${prefix}/api-finalizer`]), undefined, none).adoption).to.equal(
      'IfUnowned',
    );
    expect(policiesOf(with_({}, [`${prefix}/portcullis`]), undefined, none).adoption).to.equal('IfEqual');
  });

  it('lets a gateway go without its resources unless it says otherwise', () => {
    expect(deletesWithGateway(none)).to.equal(false);
    expect(deletesWithGateway(with_({ 'deletion-policy': 'Delete' }))).to.equal(true);
  });
});

describe("credentials out of a gateway's Helm values", () => {
  const values = (basic: string) =>
    `gateway:\n  config:\n    controller:\n      auth:\n        basic: ${basic}\n`;
  const table = [
    [
      'the first user',
      values('{enabled: true, users: [{username: u, password: p}, {username: v, password: q}]}'),
      'u',
      'p',
    ],
    ['admin where there are no values', undefined, 'admin', 'admin'],
    [
      'admin where basic is switched off',
      values('{enabled: false, users: [{username: u, password: p}]}'),
      'admin',
      'admin',
    ],
    [
      'admin where only a hash is there',
      values('{users: [{username: u, password: h, password_hashed: true}]}'),
      'admin',
      'admin',
    ],
    ['admin where the values are no YAML', '{', 'admin', 'admin'],
  ] as const;
  for (const [says, text, username, password] of table) {
    it(`are ${says}`, () => {
      expect(helmCredentials(text)).to.deep.equal({ username, password });
    });
  }
});

describe('where no gateway stands', () => {
  const table: readonly (readonly [string, boolean, boolean])[] = [
    ['169.254.169.254', true, true],
    ['[fe80::1]', true, true],
    ['[::ffff:a9fe:a9fe]', true, true],
    ['127.0.0.1', false, true],
    ['127.0.0.1', true, false],
    ['localhost', false, true],
    ['[::1]', false, true],
    ['10.0.0.1', false, false],
    ['gateway.gateways.svc', false, false],
  ];
  for (const [host, allowLoopback, forbidden] of table) {
    it(`${host} is ${forbidden ? 'refused' : 'taken'}${allowLoopback ? ' with loopback allowed' : ''}`, () => {
      expect(isForbiddenHost(host, allowLoopback)).to.equal(forbidden);
    });
  }
});
