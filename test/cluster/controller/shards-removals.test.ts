import { expect } from 'chai';
import { shardOf } from '../../../controller/shards/shard-of.ts';
import { table } from '../../../src/kinds/table.ts';
import { documentOf } from '../../../src/model/document.ts';
import { group } from '../../../src/model/generation.ts';
import { markOf } from '../../../src/model/mark.ts';
import type { Condition } from '../../../src/model/status.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import type { Replica } from '../../support/replicas.ts';
import { eventually } from './scene.ts';
import { agentOf, apis, SharedWork } from './shared-work.ts';

const shards = 3;

/** So many that each shard alone has fewer than may always go, and all together have more. */
const namespaces = 18;

interface GatewayStatus {
  readonly conditions?: readonly Condition[];
  readonly removals?: { readonly held?: number; readonly allowed?: number; readonly used?: number };
  readonly orphaned?: number;
}

describe('what goes without being asked for by name, where controllers share the work', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let work: SharedWork;
  let replicas: readonly Replica[];

  before(async () => {
    await installCrds();
    const settings = { PORTCULLIS_DRIFT_INTERVAL_SECONDS: '1' };
    work = await SharedWork.begin(cluster().kubeconfig, { prefix: 'share', shards, namespaces, settings });
    await select('shop');
    replicas = await Promise.all(['first', 'second', 'third'].map((name) => work.join(name)));
    await work.balanced(1, 1, 1);
    await work.apply(...work.batch('api', {}, { labels: { app: 'shop', of: work.home } }));
    await work.programmed('api', 1);
  });
  after(async () => {
    await work.end();
  });
  beforeEach(() => work.gateway.clearCalls());

  const select = (app: string, annotations: object = {}) =>
    work.select({ scope: 'LabelSelector', matchLabels: { app, of: work.home } }, annotations);
  const allow = (number: number) => ({ [`${group}/allow-removal`]: String(number) });
  const held = async (is: 'True' | 'False', says = '') => {
    await eventually(async () => {
      const now = await work.status<GatewayStatus>();
      const condition = now.conditions?.find(({ type }) => type === 'RemovalHeld');
      expect(condition?.status, JSON.stringify(now)).to.equal(is);
      expect(condition?.message).to.contain(says);
    }, 30_000);
  };
  /** Waits until each replica that runs has compared the gateway so many times more. */
  const comparisons = async (count: number) => {
    const lists = ({ identity }: Replica) =>
      work.gateway.calls.filter(
        ({ path, query, userAgent }) =>
          path === '/subscriptions' && query === '' && userAgent === agentOf({ identity }),
      ).length;
    const before = new Map([...work.running].map((replica) => [replica, lists(replica)]));
    await eventually(() => {
      for (const [replica, was] of before) expect(lists(replica), replica.name).to.be.least(was + count);
    }, 40_000);
  };
  const toldOfAll = async (state: string) => {
    await eventually(async () => {
      const states = (await work.stored('api')).map(({ status }) => status?.gateways?.[0]?.state);
      expect(states).to.deep.equal(work.spaces.map(() => state));
    }, 30_000);
  };

  it('is held by all of them where it is much for the gateway, and little for each', async () => {
    await select('nothing');
    await held('True', `${namespaces} of the ${namespaces} resources`);
    await toldOfAll('Removing');
    await comparisons(3);
    expect(work.writes()).to.deep.equal([]);
  });

  it('is held also by one who takes over from another', async () => {
    const [first] = replicas;
    await work.leave(first!, 'SIGKILL');
    await work.balanced(2, 1);
    await comparisons(3);
    await held('True', `${namespaces} of the ${namespaces} resources`);
    expect(work.writes()).to.deep.equal([]);
  });

  it('is released for all of them by one number, and each resource goes once', async () => {
    await work.join('fourth');
    await work.balanced(1, 1, 1);
    await select('nothing', allow(namespaces));
    await eventually(() => expect(work.standing('api')).to.deep.equal([]), 40_000);
    await eventually(async () => {
      const { removals } = await work.status<GatewayStatus>();
      expect(removals).to.deep.equal({ held: 0, allowed: namespaces, used: namespaces });
    }, 40_000);
    work.onceEach('DELETE', namespaces);
    expect(work.writers().size).to.equal(3);
  });

  it('is held again where the number has been used up, also by those who did not count it', async () => {
    await select('shop', allow(namespaces));
    await work.programmed('api', 1);
    work.gateway.clearCalls();
    await select('nothing', allow(namespaces));
    await held('True', `of which ${namespaces} are used up`);
    await toldOfAll('Removing');
    await comparisons(3);
    expect(work.writes()).to.deep.equal([]);
    await select('shop');
    await work.programmed('api', 1);
  });

  it('is an orphan, which the one removes that has the namespace of its resource', async () => {
    const system = await kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
    const row = table.get('RestApi');
    const few = work.spaces.slice(0, 9);
    for (const [index, namespace] of few.entries()) {
      const name = `orphan-${index}`;
      const document = documentOf(row, {
        name,
        labels: {},
        annotations: {},
        spec: { ...minimal.RestApi, displayName: name, context: `/${name}` },
        generation: 'v1',
        mark: markOf({ cluster: system, kind: 'RestApi', namespace, name }),
        expiresAt: undefined,
        idOf: (_, id) => id,
      });
      const response = await fetch(`${work.gateway.url}/api/management/v1/rest-apis`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
        body: JSON.stringify(document),
      });
      expect(response.status).to.equal(201);
    }
    await eventually(() => expect(work.standing('orphan')).to.deep.equal([]), 40_000);
    work.onceEach('DELETE', few.length);
    const held = await work.holders();
    const by = work.writes('DELETE').map(({ path, userAgent }) => `${path.split('/').at(-1)} ${userAgent}`);
    const expected = few.map((namespace, index) => {
      const identity = held[shardOf(namespace, shards)] ?? '?';
      return `orphan-${index} ${agentOf({ identity })}`;
    });
    expect(by.toSorted()).to.deep.equal(expected.toSorted());
  });

  it('is not what was left there on purpose, also for one who takes over', async () => {
    const all = ['-A', '-l', `of=${work.home}`];
    await kubectl(['annotate', apis, ...all, `${group}/deletion-policy=Orphan`]);
    await kubectl(['delete', apis, ...all, '--wait=false']);
    await eventually(async () => expect(await work.stored('api')).to.deep.equal([]));
    const text = await kubectl(['get', 'configmap', 'portcullis-left-behind', '-n', work.home, '-o', 'json']);
    const { data } = JSON.parse(text) as { data: Record<string, string> };
    expect(Object.keys(data).toSorted()).to.deep.equal(work.spaces.toSorted());
    const [one] = work.running;
    await work.leave(one!, 'SIGKILL');
    await work.balanced(2, 1);
    await comparisons(4);
    expect(work.writes('DELETE')).to.deep.equal([]);
    expect(work.standing('api')).to.have.length(namespaces);
    expect((await work.status<GatewayStatus>()).orphaned).to.equal(0);
  });
});
