import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Agent, request } from 'undici';
import type { Clock } from '../../../src/runtime/clock.ts';
import { whileItLasts } from '../../../src/runtime/last-moment.ts';
import { momentOf, Term, TenureOver, unending } from '../../../src/runtime/tenure.ts';

/** Both clocks by hand, each for itself. */
class TwoClocks implements Clock {
  wallMs = 1_000_000;
  steadyMs = 0;
  now = () => new Date(this.wallMs);
  monotonicMs = () => this.steadyMs;
  sleep = () => Promise.resolve();

  pass(ms: number): void {
    this.wallMs += ms;
    this.steadyMs += ms;
  }
}

describe('a tenure', () => {
  let clock: TwoClocks;
  let term: Term;

  beforeEach(() => {
    clock = new TwoClocks();
    term = new Term({ clock }, momentOf(clock), 1000);
  });

  it('lasts from the moment at which it was asked for', () => {
    const since = momentOf(clock);
    clock.pass(400);
    expect(new Term({ clock }, since, 1000).remainingMs()).to.equal(600);
  });

  it('lasts longer when it is prolonged in time', () => {
    clock.pass(900);
    expect(term.prolong(momentOf(clock), 1000)).to.equal(true);
    clock.pass(900);
    expect(term.remainingMs()).to.equal(100);
  });

  it('is over for good when it was not: somebody else may have had the work meanwhile', () => {
    clock.pass(1001);
    expect(term.prolong(momentOf(clock), 1000)).to.equal(false);
    expect(term.remainingMs()).to.equal(0);
    expect(term.signal.reason).to.be.instanceOf(TenureOver);
  });

  it('is over by the wall clock when the machine was suspended and its steady clock with it', () => {
    clock.wallMs += 5000;
    expect(term.remainingMs()).to.equal(0);
  });

  it('is over by the steady clock when the wall clock was put back', () => {
    clock.wallMs -= 3_600_000;
    clock.steadyMs += 1001;
    expect(term.remainingMs()).to.equal(0);
  });

  it('tells who asks first, and everybody else at once', () => {
    clock.pass(2000);
    expect(term.signal.aborted).to.equal(false);
    term.remainingMs();
    expect(term.signal.aborted).to.equal(true);
  });

  it('is not quiet until a write whose end nobody saw can be on its way no more', () => {
    expect(term.quietInMs(500)).to.equal(0);
    term.unanswered();
    clock.pass(200);
    expect(term.quietInMs(500)).to.equal(300);
    clock.pass(301);
    expect(term.quietInMs(500)).to.equal(0);
  });

  it('of one who is alone lasts until the end', () => {
    const end = new AbortController();
    const tenure = unending(end.signal);
    expect(tenure.remainingMs()).to.equal(Infinity);
    end.abort();
    expect(tenure.remainingMs()).to.equal(0);
  });
});

describe('a request under a tenure', () => {
  const clock = new TwoClocks();
  let term: Term;
  let server: Server;
  let agent: Agent;
  let url: string;
  let arrived: string[];
  let waiting: ServerResponse[];

  beforeEach(async () => {
    arrived = [];
    waiting = [];
    server = createServer((incoming, response) => {
      arrived.push(incoming.url ?? '');
      if (incoming.url === '/slow') waiting.push(response);
      else response.end('done');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    agent = new Agent({ connections: 1 });
    term = new Term({ clock }, momentOf(clock), 1000);
  });
  afterEach(async () => {
    await agent.destroy();
    server.closeAllConnections();
    server.close();
  });

  const put = async (path: string) => {
    const reply = await request(url + path, {
      dispatcher: whileItLasts(agent, term),
      method: 'PUT',
      body: '{}',
    });
    return await reply.body.text();
  };
  const endOf = (call: Promise<unknown>) => call.catch((error: unknown) => error);

  it('is answered while it lasts', async () => {
    expect(await put('/quick')).to.equal('done');
    expect(term.quietInMs(1000)).to.equal(0);
  });

  it('is not sent when it is over', async () => {
    clock.pass(1001);
    expect(await endOf(put('/late'))).to.be.instanceOf(TenureOver);
    expect(arrived).to.deep.equal([]);
  });

  it('is not sent when it was over before a connection was free, though no timer has told', async () => {
    const slow = put('/slow');
    const queued = endOf(put('/queued'));
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    clock.pass(1001);
    waiting[0]?.end('done');
    expect(await slow).to.equal('done');
    expect(await queued).to.be.instanceOf(TenureOver);
    expect(arrived).to.deep.equal(['/slow']);
  });

  it('leaves a doubt when it was sent and never answered', async () => {
    const slow = endOf(put('/slow'));
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    waiting[0]?.destroy();
    expect(await slow).to.be.instanceOf(Error);
    expect(term.quietInMs(1000)).to.be.greaterThan(0);
  });
});
