import { expect } from 'chai';
import { detectGeneration } from '../../../src/gateway/generation.ts';
import type { Transport } from '../../../src/gateway/transport.ts';
import { Sensitive } from '../../../src/runtime/sensitive.ts';
import { CertificateAuthority } from '../../support/cluster/credentials.ts';
import { managementBase } from '../../../src/model/generation.ts';
import { startImpostor } from '../../support/gateway/impostor.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { connect, failureOf, forever } from './connection.ts';

describe('the connection to a gateway', () => {
  let gateway: Gateway;
  const open: Transport[] = [];
  const to = (...args: Parameters<typeof connect>) => {
    const transport = connect(...args);
    open.push(transport);
    return transport;
  };
  const list = { method: 'GET', path: '/api/management/v1/rest-apis', purpose: 'list' } as const;

  beforeEach(async () => {
    gateway = await startGateway({ api: 'v1', tokens: { 'a-token': 'admin' } });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((transport) => transport.close()));
    await gateway.stop();
  });

  it('shows a user and password, or a token, or nothing', async () => {
    const bearer = { by: 'bearer', token: new Sensitive('a-token') } as const;
    const statuses = await Promise.all(
      [
        to(gateway.url),
        to(gateway.url, { credentials: bearer }),
        to(gateway.url, { credentials: { by: 'none' } }),
      ].map(async (transport) => (await transport.call(list, forever)).status),
    );
    expect(statuses).to.deep.equal([200, 200, 401]);
  });

  it('tells how long a gateway asks to wait', async () => {
    gateway.faults.add({ status: 429, retryAfterSeconds: 7 });
    expect(await to(gateway.url).call(list, forever)).to.include({ status: 429, retryAfterMs: 7000 });
  });

  const failing = [
    [
      'a connection that is refused',
      async () => await gateway.stop(),
      {},
      /because the connection was refused/,
    ],
    [
      'a connection that is reset',
      () => gateway.faults.add({ connection: 'reset before' }),
      {},
      /connection was (reset|closed)/,
    ],
    [
      'no answer in time',
      () => gateway.faults.add({ connection: 'lost answer' }),
      { readTimeoutMs: 50 },
      /did not answer within 0.05 s/,
    ],
    [
      'an answer that is too large',
      () => gateway.faults.add({ status: 200, body: 'x'.repeat(5000) }),
      { maxResponseBytes: 1000 },
      /its answer is too large/,
    ],
  ] as const;
  for (const [what, prepare, options, says] of failing) {
    it(`calls ${what} unavailable, and says what happened`, async () => {
      await prepare();
      const failure = await failureOf(to(gateway.url, options).call(list, forever));
      expect(failure.means).to.equal('unavailable');
      expect(failure.message).to.match(says);
    });
  }

  it('has no more calls under way at once than it may', async () => {
    gateway.faults.add({ delayMs: 30 });
    const transport = to(gateway.url, { maxConcurrency: 2 });
    let underWay = 0;
    let most = 0;
    const watched = setInterval(() => {
      underWay = gateway.calls.filter(({ status }) => status === 0).length;
      most = Math.max(most, underWay);
    }, 1);
    await Promise.all(Array.from({ length: 8 }, () => transport.call(list, forever)));
    clearInterval(watched);
    expect(gateway.calls).to.have.length(8);
    expect(most).to.be.at.most(2);
  });

  it('lets go of calls in line when it is called off', async () => {
    gateway.faults.add({ connection: 'lost answer' });
    const transport = to(gateway.url, { maxConcurrency: 1 });
    const off = new AbortController();
    const calls = [transport.call(list, off.signal), transport.call(list, off.signal)];
    off.abort(new Error('called off'));
    const endings = await Promise.allSettled(calls);
    expect(endings.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
  });

  for (const api of ['v0.9', 'v1'] as const) {
    it(`tells a gateway of generation ${api} behind a guard that lets nobody through without credentials`, async () => {
      const guarded = await startImpostor();
      guarded.answers(({ headers, url }, response) => {
        const isThere = url?.startsWith(managementBase(api)) === true;
        const status = headers.authorization === undefined ? 401 : isThere ? 200 : 404;
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"apis":[]}');
      });
      try {
        expect(await detectGeneration(to(guarded.url), forever)).to.equal(api);
      } finally {
        await guarded.stop();
      }
    });

    it(`tells a gateway of generation ${api} without credentials`, async () => {
      const other = await startGateway({ api });
      try {
        expect(await detectGeneration(to(other.url, { credentials: { by: 'none' } }), forever)).to.equal(api);
      } finally {
        await other.stop();
      }
    });
  }

  it('does not take anything that answers 404 for a gateway', async () => {
    gateway.faults.add({ status: 404 });
    const failure = await failureOf(detectGeneration(to(gateway.url), forever));
    expect(failure.message).to.contain('is not a management API');
  });

  describe('over TLS', () => {
    let authority: CertificateAuthority;
    before(async () => {
      authority = await CertificateAuthority.create();
    });

    const cases: readonly (readonly [
      string,
      () => Promise<{ cert: string; key: string; ca: string }>,
      RegExp,
    ])[] = [
      [
        'a certificate that has expired',
        () => served({ commonName: 'gateway', hosts: ['127.0.0.1'], expired: true }),
        /because its certificate has expired/,
      ],
      [
        'a certificate for another host',
        () => served({ commonName: 'gateway', hosts: ['elsewhere.example'] }),
        /because its certificate is for another host/,
      ],
      [
        'a certificate of another CA',
        async () => ({
          ...(await served({ commonName: 'gateway', hosts: ['127.0.0.1'] })),
          ca: (await CertificateAuthority.create()).pair.certificate,
        }),
        /because its certificate is not signed by a trusted CA/,
      ],
      [
        'a CA that is no certificate',
        async () => ({ ...(await served({ commonName: 'gateway', hosts: ['127.0.0.1'] })), ca: 'nonsense' }),
        /because its certificate is not signed by a trusted CA/,
      ],
    ];
    const served = async (subject: Parameters<CertificateAuthority['issue']>[0]) => {
      const { certificate: cert, key } = await authority.issue(subject);
      return { cert, key, ca: authority.pair.certificate };
    };
    for (const [what, prepare, says] of cases) {
      it(`shows nothing of us to ${what}, and says what it is`, async () => {
        const { ca, ...tls } = await prepare();
        const secured = await startGateway({ api: 'v1', tls });
        try {
          const failure = await failureOf(to(secured.url, { tls: { ca } }).call(list, forever));
          expect(failure.means).to.equal('unavailable');
          expect(failure.message).to.match(says);
          expect(secured.calls).to.deep.equal([]);
        } finally {
          await secured.stop();
        }
      });
    }

    it('says so where our own certificate is none', async () => {
      const { ca, ...tls } = await served({ commonName: 'gateway', hosts: ['127.0.0.1'] });
      const secured = await startGateway({ api: 'v1', tls });
      try {
        const clientCertificate = { certificate: 'nonsense', key: new Sensitive('nonsense') };
        const failure = await failureOf(
          to(secured.url, { tls: { ca, clientCertificate } }).call(list, forever),
        );
        expect(failure.message).to.contain('because our certificate and its key are of no use');
      } finally {
        await secured.stop();
      }
    });
  });

  it('trusts the CA that it is told, shows a certificate of its own, and trusts nobody else', async () => {
    const authority = await CertificateAuthority.create();
    const server = await authority.issue({ commonName: 'gateway', hosts: ['127.0.0.1', 'localhost'] });
    const own = await authority.issue({ commonName: 'controller' });
    const ca = authority.pair.certificate;
    const secured = await startGateway({ api: 'v1', tls: { cert: server.certificate, key: server.key, ca } });
    try {
      const clientCertificate = { certificate: own.certificate, key: new Sensitive(own.key) };
      const trusted = to(secured.url, { tls: { ca, clientCertificate } });
      expect((await trusted.call(list, forever)).status).to.equal(200);
      const stranger = await failureOf(to(secured.url, { tls: { clientCertificate } }).call(list, forever));
      expect(stranger.message).to.contain('not signed by a trusted CA');
      const reckless = to(secured.url, { tls: { clientCertificate, insecureSkipVerify: true } });
      expect((await reckless.call(list, forever)).status).to.equal(200);
    } finally {
      await secured.stop();
    }
  });
});
