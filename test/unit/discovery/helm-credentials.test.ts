import { expect } from 'chai';
import { isForbiddenHost } from '../../../src/discovery/forbidden-host.ts';
import { helmCredentials } from '../../../src/discovery/helm-credentials.ts';

describe("credentials out of a gateway's Helm values", () => {
  const values = (basic: string) =>
    `gateway:\n  config:\n    controller:\n      auth:\n        basic: ${basic}\n`;
  const found = { is: 'found', username: 'u', password: 'p' };
  const table = [
    [
      'are the first user',
      values('{enabled: true, users: [{username: u, password: p}, {username: v, password: q}]}'),
      found,
    ],
    ['are absent where there are no values', undefined, { is: 'absent' }],
    [
      'are not asked for where basic is switched off',
      values('{enabled: false, users: [{username: u, password: p}]}'),
      { is: 'off' },
    ],
  ] as const;
  for (const [says, text, credentials] of table) {
    it(says, () => {
      expect(helmCredentials(text)).to.deep.equal(credentials);
    });
  }

  for (const [says, text] of [
    ['only a hash is there', values('{users: [{username: u, password: h, password_hashed: true}]}')],
    ['the values are no YAML', '{'],
  ] as const) {
    it(`are at fault where ${says}, and neither is repeated`, () => {
      const { is, ...rest } = helmCredentials(text);
      expect(is).to.equal('fault');
      expect(JSON.stringify(rest))
        .to.contain('spec.management.auth names a Secret')
        .and.not.to.contain('"h"');
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
