import { expect } from 'chai';
import { each } from '../../../controller/uninstall/each.ts';
import { release } from '../../../controller/uninstall/release.ts';
import { Stock } from '../../../controller/uninstall/stock.ts';
import { stopController } from '../../../controller/uninstall/stop-controller.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { answeredWith } from '../../../src/kube/kube-error.ts';
import type { KubeObject } from '../../../src/kube/resource.ts';
import { finalizer } from '../../../src/model/annotations.ts';
import { thing, thingType } from '../kube/api-server.ts';
import { hastyClock as clock } from '../kube/hasty-clock.ts';

const forever = new AbortController().signal;
const busy = answeredWith('patch', 503, {});
const conflict = answeredWith('patch', 409, { reason: 'Conflict' });
const forbidden = answeredWith('patch', 403, { reason: 'Forbidden' });

describe('what is done with everything that there is', () => {
  it('is done with several at once, and with no more than that', async () => {
    let now = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
    };
    const items = Array.from({ length: 100 }, (_, index) => index);
    expect(await each(items, work, clock, forever)).to.deep.equal([]);
    expect(most).to.equal(16);
  });

  it('is tried again where the API server was busy or somebody else was faster', async () => {
    const answers = [busy, conflict, busy, undefined];
    const work = () => {
      const answer = answers.shift();
      return answer === undefined ? Promise.resolve() : Promise.reject(answer);
    };
    expect(await each(['a'], work, clock, forever)).to.deep.equal([]);
    expect(answers).to.deep.equal([]);
  });

  it('is not tried again where it may not be done, and is done with the others all the same', async () => {
    const done: string[] = [];
    const work = (item: string) => {
      done.push(item);
      return item === 'b' ? Promise.reject(forbidden) : Promise.resolve();
    };
    const failures = await each(['a', 'b', 'c'], work, clock, forever);
    expect(failures).to.deep.equal([{ item: 'b', error: forbidden }]);
    expect(done).to.deep.equal(['a', 'b', 'c']);
  });

  it('is given up in the end', async () => {
    let tries = 0;
    const work = () => {
      tries += 1;
      return Promise.reject(busy);
    };
    expect(await each(['a'], work, clock, forever)).to.have.length(1);
    expect(tries).to.equal(6);
  });
});

describe('the release of resources', () => {
  const held = (name: string): KubeObject => {
    const { metadata, ...rest } = thing(name, '1');
    return {
      ...rest,
      metadata: { ...metadata, finalizers: [finalizer, 'example.com/theirs'] },
    } as KubeObject;
  };
  const stockOf = (...lists: readonly (readonly KubeObject[])[]) => {
    const left = [...lists];
    const list = () => Promise.resolve({ items: left.shift() ?? [], resourceVersion: '1' });
    return new Stock([], { client: { list } as unknown as KubeClient, say: () => undefined });
  };
  const run = async (stock: Stock, refusal?: Error) => {
    const patches: unknown[] = [];
    const said: string[] = [];
    const client = {
      get: () => Promise.resolve(undefined),
      mergePatch: (...[, , , patch]: readonly unknown[]) => {
        patches.push(patch);
        return refusal === undefined ? Promise.resolve({}) : Promise.reject(refusal);
      },
    } as unknown as KubeClient;
    const say = (line: string) => void said.push(line);
    await release([thingType], stock, { client, clock, say }, forever);
    return { patches, said };
  };

  it('takes off our finalizer and nobody else’s', async () => {
    const { patches, said } = await run(stockOf([held('a')], []));
    expect(patches).to.deep.equal([
      { metadata: { uid: 'uid-a', resourceVersion: '1', finalizers: ['example.com/theirs'] } },
    ]);
    expect(said).to.deep.equal(['things: 1 released']);
  });

  it('looks again, for what was created meanwhile', async () => {
    const { said } = await run(stockOf([held('a')], [held('b')], []));
    expect(said).to.have.length(2);
  });

  it('ends with an error when finalizers keep coming back, as somebody puts them on again', async () => {
    const again = [held('a')];
    const failure = await run(stockOf(again, again, again, again, again, again)).catch(
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(Error).with.property('means', 'incomplete');
    expect(String(failure)).to.contain('a controller of Portcullis still runs somewhere');
  });

  it('names what it could not release', async () => {
    const failure = await run(stockOf([held('a')]), forbidden).catch((error: unknown) => error);
    expect(String(failure)).to.contain('could not release 1 resources, Thing shop/a among them');
  });
});

describe('the controller that is to be stopped', () => {
  it('is not waited for without an end, and its Pods are named', async () => {
    let now = 0;
    const quick = { ...clock, monotonicMs: () => (now += 60_000) };
    const pods = [
      { metadata: { name: 'controller-1' }, status: { phase: 'Running' } },
      { metadata: { name: 'old' }, status: { phase: 'Failed' } },
    ];
    const deployment = { spec: { replicas: 0, selector: { matchLabels: { app: 'x', part: 'y' } } } };
    const asked: unknown[] = [];
    const client = {
      get: () => Promise.resolve(deployment),
      list: (_: unknown, options: unknown) => {
        asked.push(options);
        return Promise.resolve({ items: pods });
      },
    } as unknown as KubeClient;
    const place = { namespace: 'home', deployment: 'controller' };
    const failure = await stopController(
      place,
      { client, clock: quick, say: () => undefined },
      forever,
    ).catch((error: unknown) => error);
    expect(asked[0]).to.deep.equal({ namespace: 'home', labelSelector: 'app=x,part=y' });
    expect(String(failure)).to.contain('are there still after 2m: controller-1').and.to.not.contain('old');
  });
});
