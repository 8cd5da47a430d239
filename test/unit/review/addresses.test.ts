import { expect } from 'chai';
import { upstreamFacts } from '../../../src/review/upstream-facts.ts';

type Where = 'private' | 'linkLocal' | 'loopback' | 'inCluster' | 'elsewhere';

const hosts: readonly (readonly [where: Where, ...hosts: string[]])[] = [
  [
    'private',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '198.18.0.1',
    '240.0.0.1',
  ],
  ['private', '0xa.1.2.3', '0x0a010203', '167838211', '012.1.2.3', '10.258', '１０.0.0.1', '10.1.2.3.'],
  [
    'private',
    '[fd12::1]',
    '[fc00::]',
    '[::ffff:10.0.0.1]',
    '[::ffff:a00:1]',
    '[64:ff9b::10.0.0.1]',
    '[2002:a00:1::]',
  ],
  ['private', '[::10.0.0.1]', '[FEC0::1]'],
  ['linkLocal', '169.254.169.254', '0xa9fea9fe', '2852039166', '[fe80::1]', '[::ffff:169.254.169.254]'],
  ['linkLocal', '[fd00:ec2::254]', 'Metadata.Google.Internal', 'metadata.google.internal.'],
  ['loopback', '127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '0.0.0.0', '0', '[::1]', '[::]'],
  ['loopback', 'localhost', 'LOCALHOST.', 'a.localhost', '[::ffff:127.0.0.1]', '[0:0:0:0:0:0:0:1]'],
  ['inCluster', 'books', 'books.shop.svc', 'BOOKS.shop.svc.cluster.local.'],
  ['inCluster', '10-0-0-1.shop.pod.cluster.local'],
  [
    'elsewhere',
    'example.com',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '11.0.0.1',
    '[2001:db8::1]',
    'svc.example.com',
    'books.shop.svc.other.domain',
  ],
  ['elsewhere', 'notlocalhost.example', '[2606:4700::1111]', '10.0.0.1.nip.example'],
];

describe('where an upstream is', () => {
  for (const [where, ...named] of hosts)
    for (const host of named)
      it(`is ${where} for ${host}`, () => {
        const facts = upstreamFacts({ path: 'spec.upstream.url', url: `http://${host}:8080/x` });
        const told = (['private', 'linkLocal', 'loopback', 'inCluster'] as const).filter(
          (name) => facts[name],
        );
        expect(told).to.deep.equal(where === 'elsewhere' ? [] : [where]);
        expect(facts.port).to.equal(8080);
      });

  it('is read of what the gateway reads as the host, whatever stands before it', () => {
    const facts = upstreamFacts({ path: '', url: 'HTTPS://example.com%40a:b@c@[::1]/@8.8.8.8' });
    expect(facts).to.include({ host: '::1', port: 443, tls: true, credentials: true, loopback: true });
    expect(facts.url).to.equal('HTTPS://[masked]@[::1]/@8.8.8.8');
  });

  it('is nowhere where the gateway has to render it first, or there is no host', () => {
    for (const url of ['{{ env "X" }}', 'https://{{ env "X" }}/', 'nonsense', 'http://', 'http://[::1'])
      expect(upstreamFacts({ path: '', url })).to.include({
        private: false,
        loopback: false,
        inCluster: false,
      });
  });
});
