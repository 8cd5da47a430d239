import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { signingRequest, type SigningRequest } from '../../../certs/signing-request.ts';
import { signedIn } from '../../../certs/vault-signed.ts';
import { Authority, type Grant } from '../../support/vault/authority.ts';

const hourMs = 3_600_000;
const now = new Date('2026-01-01');
const dnsNames = ['webhook.home.svc', 'webhook'];

describe('what Vault signed', () => {
  let root: Authority;
  let stranger: Authority;
  let over: Authority;
  let asking: SigningRequest;
  before(async () => {
    root = await Authority.root(now);
    stranger = await Authority.root(now);
    over = await root.intermediate(new Date(now.getTime() - 2 * hourMs), hourMs);
    asking = await signingRequest('rsa-2048', { commonName: 'webhook.home.svc', dnsNames });
  });

  const data = (authority: Authority, grant: Partial<Grant> = {}) => ({
    certificate: authority.sign(asking.request, { now, lifeMs: hourMs, ...grant }),
    ca_chain: authority.chain,
    issuing_ca: authority.chain[0],
  });
  const read = (answer: Readonly<Record<string, unknown>>) =>
    signedIn({ data: answer }, { key: asking.key, dnsNames, now });
  const otherKey = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();

  const refusals: readonly [string, () => Readonly<Record<string, unknown>>, string][] = [
    ['nothing', () => ({}), 'no certificate that can be read'],
    ['no PEM', () => ({ ...data(root), certificate: 'MIIB' }), 'no certificate that can be read'],
    ['another type', () => ({ ...data(root), certificate: 7 }), 'no certificate that can be read'],
    ['one for another key', () => data(root, { publicKey: otherKey() }), 'for another key'],
    ['one for fewer names', () => data(root, { dnsNames: ['webhook'] }), 'not for webhook.home.svc; let'],
    ['one that was over before it came', () => data(root, { lifeMs: -1000 }), 'has been over since'],
    [
      'one that begins tomorrow',
      () => data(root, { now: new Date(now.getTime() + 24 * hourMs) }),
      'is not valid before',
    ],
    ['one for clients alone', () => data(root, { isForServers: false }), 'server_flag'],
    [
      'one of a CA that is not in its chain',
      () => ({ ...data(root), ...only(stranger) }),
      'no CA of the chain',
    ],
    ['one without a chain', () => ({ certificate: data(root).certificate }), 'no CA of the chain'],
    ['one of a CA that is over', () => ({ ...data(over), ca_chain: over.chain }), 'no CA of the chain'],
  ];
  const only = ({ chain }: Authority) => ({ ca_chain: chain, issuing_ca: chain[0] });
  for (const [what, answer, why] of refusals)
    it(`is not used when it is ${what}`, () => {
      expect(() => read(answer()))
        .to.throw(/^could not use what Vault signed because /)
        .with.property('message')
        .that.contains(why);
    });

  it('by a root that shows no chain is vouched for by the root alone', () => {
    const { ca_chain: _, ...answer } = data(root);
    const { authorities, pair } = read(answer);
    expect(authorities.map((pem) => new X509Certificate(pem).subject)).to.deep.equal(['CN=root']);
    expect(pair.cert.match(/BEGIN CERTIFICATE/g)).to.have.length(1);
  });

  it('is of use for no longer than its authority', async () => {
    const short = await root.intermediate(now, 2 * hourMs);
    expect(read(data(short, { lifeMs: 9 * hourMs })).end).to.deep.equal(new Date(now.getTime() + 2 * hourMs));
    expect(read(data(short)).end).to.deep.equal(new Date(now.getTime() + hourMs));
  });

  it('is trusted by no certificate of its chain that is no CA', () => {
    const answer = data(root);
    const { authorities } = read({ ...answer, ca_chain: [...answer.ca_chain, answer.certificate] });
    expect(authorities).to.have.length(1);
  });
});
