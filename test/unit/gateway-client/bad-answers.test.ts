import { gzipSync } from 'node:zlib';
import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { detectGeneration } from '../../../src/gateway/generation.ts';
import { ManagementClient, type Place } from '../../../src/gateway/management-client.ts';
import type { Transport } from '../../../src/gateway/transport.ts';
import { table } from '../../../src/kinds/table.ts';
import { unending } from '../../../src/runtime/tenure.ts';
import { Sensitive } from '../../../src/runtime/sensitive.ts';
import { startImpostor, type Impostor } from '../../support/gateway/impostor.ts';
import { connect, failureOf, forever } from './connection.ts';

const html = '<!DOCTYPE html><html><body>hunter2-hunter2 welcome to nginx</body></html>';
const answer =
  (
    status: number,
    body: string | Buffer = '',
    headers: Readonly<Record<string, string>> = {},
  ): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

interface Case {
  readonly what: string;
  readonly how: RequestListener;
  readonly says: RegExp;
}

/** What nobody can make anything of, whatever was asked. */
const everywhere: readonly Case[] = [
  { what: 'a page of HTML', how: answer(200, html), says: /answered 200 with a page of HTML/ },
  { what: 'text', how: answer(200, 'OK'), says: /answered 200 with something that is no JSON/ },
  { what: 'half of a JSON', how: answer(200, '{"apis":[{"met'), says: /with something that is no JSON/ },
  { what: 'a list', how: answer(200, '[]'), says: /with JSON of another shape/ },
  { what: 'a number', how: answer(200, '7'), says: /with JSON of another shape/ },
  {
    what: 'an error that calls itself a success',
    how: answer(200, '{"status":"error","message":"hunter2-hunter2"}'),
    says: /with JSON of another shape/,
  },
  {
    what: 'nesting without an end',
    how: answer(200, '['.repeat(100_000) + ']'.repeat(100_000)),
    says: /with something that is no JSON/,
  },
  {
    what: 'something compressed that would be a thousand times as large',
    how: answer(200, gzipSync(Buffer.alloc(10_000_000, ' ')), { 'content-encoding': 'gzip' }),
    says: /with something that is no JSON/,
  },
  {
    what: 'a page of HTML that says that something is absent',
    how: answer(404, html),
    says: /answered 404 with a page of HTML/,
  },
  { what: 'a 404 of nobody', how: answer(404), says: /answered 404 with nothing/ },
  { what: 'a page of HTML that refuses', how: answer(400, html), says: /answered 400 with a page of HTML/ },
  { what: 'a page of HTML of a proxy', how: answer(502, html), says: /answered 502 with a page of HTML/ },
  {
    what: 'a redirect',
    how: answer(302, '', { location: 'https://elsewhere.example/' }),
    says: /answered 302/,
  },
  {
    what: 'a head without an end',
    how: answer(200, '{}', { 'x-absurd': 'x'.repeat(200_000) }),
    says: /the head of its answer is too large/,
  },
  {
    what: 'something that is no HTTP',
    how: ({ socket }) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'),
    says: /is no HTTP/,
  },
  {
    what: 'half an answer',
    how: (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"apis":[');
      setTimeout(() => response.destroy(), 20);
    },
    says: /its answer, 200, broke off/,
  },
  {
    what: 'an answer that comes byte by byte and never ends',
    how: (request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 10);
      request.socket.once('close', () => clearInterval(drip));
    },
    says: /did not come to the end of its answer within 1 s/,
  },
  {
    what: 'an answer without an end',
    how: (request, response) => {
      response.writeHead(200);
      const more = () => {
        while (!request.socket.destroyed && response.write('x'.repeat(100_000)));
      };
      response.on('drain', more);
      more();
    },
    says: /its answer is too large/,
  },
];

describe('what comes in place of an answer of a gateway', () => {
  let impostor: Impostor;
  let transport: Transport;
  let client: ManagementClient;
  const place: Place = { row: table.get('RestApi') };
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    list: () => client.list(place, forever),
    read: () => client.get(place, 'books', forever),
    create: () => client.create(place, 'books', {}, forever),
    replace: () => client.replace(place, 'books', {}, forever),
    remove: () => client.remove(place, 'books', forever),
  };

  beforeEach(async () => {
    impostor = await startImpostor();
    // What is too large is to be seen as that in time, also where nothing is quick.
    const timing = { readTimeoutMs: 1_000, writeTimeoutMs: 1_000, maxResponseBytes: 500_000 };
    transport = connect(impostor.url, {
      ...timing,
      credentials: { by: 'basic', username: 'admin', password: new Sensitive('hunter2-hunter2') },
    });
    client = new ManagementClient({ generation: 'v1', tenure: unending(forever) }, { transport });
  });
  afterEach(async () => {
    await transport.close();
    await impostor.stop();
  });

  for (const { what, how, says } of everywhere) {
    it(`is told where it is ${what}, repeats nothing of it, and is no answer whatever was asked`, async () => {
      impostor.answers(how);
      for (const [call, make] of Object.entries(calls)) {
        const failure = await failureOf(make());
        expect(failure.means, call).to.equal('unavailable');
        expect(failure.message, call).to.match(says).and.not.to.contain('hunter2-hunter2');
        expect(failure.message.length, call).to.be.lessThan(450);
      }
    });
  }

  it('is nothing that a generation is told by', async () => {
    for (const { how, what } of everywhere) {
      if (/list|number|success/.test(what)) continue;
      impostor.answers(how);
      const failure = await failureOf(detectGeneration(transport, forever));
      expect(failure.means, what).to.equal('unavailable');
    }
  });

  it('is no place to which credentials follow a redirect', async () => {
    const elsewhere = await startImpostor();
    elsewhere.answers(answer(200, '{"apis":[]}'));
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        impostor.answers(answer(status, '', { location: `${elsewhere.url}/api/management/v1/rest-apis` }));
        for (const make of Object.values(calls)) await failureOf(make());
      }
      expect(elsewhere.met).to.deep.equal([]);
    } finally {
      await elsewhere.stop();
    }
  });

  const lists = [
    ['an entry that is nothing', '{"apis":[null]}'],
    ['an entry that is a word', '{"apis":["books"]}'],
    ['an entry without a name', '{"apis":[{"metadata":{"name":"a"}},{"metadata":{}}]}'],
    ['an entry whose name is a number', '{"apis":[{"metadata":{"name":7}}]}'],
    ['no list', '{"apis":{"0":{"metadata":{"name":"a"}}}}'],
    ['another list', '{"others":[]}'],
  ] as const;
  for (const [what, body] of lists) {
    it(`is no list where there is ${what}, since what is missing in one counts as gone`, async () => {
      impostor.answers(answer(200, body));
      const failure = await failureOf(client.list(place, forever));
      expect(failure).to.include({ means: 'unavailable', status: 200 });
    });
  }

  it('is no creation where the id is missing that alone would find it again', async () => {
    impostor.answers(answer(201, '{"planName":"gold"}'));
    const failure = await failureOf(
      client.create({ row: table.get('SubscriptionPlan') }, 'gold', {}, forever),
    );
    expect(failure.means).to.equal('unavailable');
  });

  it('is a removal where nothing more is said, as gateways do it', async () => {
    for (const status of [200, 204]) {
      impostor.answers(answer(status));
      await client.remove(place, 'books', forever);
    }
  });

  it('never has our credentials repeated, in whatever shape', async () => {
    const sent = Buffer.from('admin:hunter2-hunter2').toString('base64');
    impostor.answers(answer(400, JSON.stringify({ message: `who is hunter2-hunter2, or Basic ${sent}?` })));
    const failure = await failureOf(client.create(place, 'books', {}, forever));
    expect(failure.message).to.contain('who is [sensitive], or Basic [sensitive]?');
  });
});
