import { expect } from 'chai';
import { isMap, parseAllDocuments } from 'yaml';
import { group } from '../../../src/model/generation.ts';
import type { ResourceStatus } from '../../../src/model/status.ts';
import { exampleManifests } from '../../demo/examples.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayLists } from '../../support/gateway-contents.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually } from '../controller/scene.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: object };
}

/** What kustomize-controller does to a set: every object by itself, by server-side apply, in an order of its own. */
const asFlux = ['apply', '--server-side', '--field-manager=kustomize-controller', '-f', '-'];
const fluxLabels = {
  'kustomize.toolkit.fluxcd.io/name': 'team',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
};
/** The platform team's own set, which stands before any team's. */
const platform = ['Namespace', 'APIGateway', 'Secret gateway-admin'];

const orders: readonly {
  readonly title: string;
  readonly sort: (set: readonly Manifest[]) => readonly Manifest[];
}[] = [
  { title: 'as it is written', sort: (set) => set },
  { title: 'backwards, children before parents', sort: (set) => set.toReversed() },
  {
    title: 'in the order of the alphabet',
    sort: (set) => set.toSorted((one, other) => (titleOf(one) < titleOf(other) ? -1 : 1)),
  },
];

describe('a whole set that Flux dry-runs, applies and prunes', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;
  let set: readonly Manifest[];

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v0.9' });
    const all = manifestsIn(await exampleManifests(stack.gatewayUrl, stack.adminUrl));
    const isPlatform = (one: Manifest) => platform.includes(one.kind) || platform.includes(titleOf(one));
    for (const one of all.filter(isPlatform)) await kubectl(asFlux, JSON.stringify(one));
    set = all
      .filter((one) => !isPlatform(one))
      .map((one) => ({
        ...one,
        metadata: { ...one.metadata, labels: { ...one.metadata.labels, ...fluxLabels } },
      }));
    const reachable = ['wait', '--for=condition=Reachable', 'apigateway/edge', '-n', 'shop'];
    await kubectl([...reachable, '--timeout=60s']);
  });
  after(async () => {
    await kubectl(['delete', 'namespace', 'shop', '--timeout=60s']);
    await stack.stop();
  });

  const each = async (some: readonly Manifest[], ...args: string[]) => {
    const said: string[] = [];
    for (const one of some) {
      const { code, stderr } = await cluster().kubectlRun(args, JSON.stringify(one));
      expect(code, `${titleOf(one)}: ${stderr}`).to.equal(0);
      said.push(stderr);
    }
    return said.join('');
  };
  const stored = async () => {
    const text = await kubectl(['get', 'portcullis', '-n', 'shop', '-o', 'json']);
    const { items } = JSON.parse(text) as {
      items: readonly (Manifest & { readonly status?: ResourceStatus })[];
    };
    return items.filter(({ kind }) => kind !== 'APIGateway');
  };

  for (const { title, sort } of orders) {
    describe(title, () => {
      it('passes the dry run though nothing of it exists, with a warning where a reference is open', async () => {
        const said = await each(sort(set), ...asFlux, '--dry-run=server');
        expect(said).to.contain('Warning: spec.parentRef: refers to RestApi books, which does not exist');
        expect(await stored()).to.deep.equal([]);
      });

      it('is applied, and every object of it becomes Ready', async () => {
        await each(sort(set), ...asFlux);
        await eventually(async () => {
          const found = await stored();
          expect(found).to.have.length(set.filter((one) => !isCore(one)).length);
          const waiting = found.flatMap(({ kind, metadata, status }) => {
            const ready = status?.conditions?.find(({ type }) => type === 'Ready');
            return ready?.status === 'True' ? [] : [`${kind} ${metadata.name}: ${ready?.message ?? ''}`];
          });
          expect(waiting).to.deep.equal([]);
        }, 30_000);
        expect(await gatewayLists(stack, 'v0.9')).to.contain('/shop/');
      });

      it('is applied again, as at every interval, with no change to any object', async () => {
        const versions = async () =>
          (await kubectl(['get', 'portcullis', '-n', 'shop', '-o', versionsPath])).trim();
        const before = await versions();
        const said = await each(sort(set), ...asFlux);
        expect(said).not.to.contain('Warning');
        expect(await versions()).to.equal(before);
      });

      it('is pruned object by object, and neither the cluster nor the gateway keeps any of it', async () => {
        await each(sort(set), 'delete', '--wait=false', '-f', '-');
        await eventually(async () => {
          const hanging = (await stored()).map((one) => `${titleOf(one)}: ${JSON.stringify(one.metadata)}`);
          expect(hanging).to.deep.equal([]);
        }, 30_000);
        // The garbage collector looks for new kinds every 30 s only; a new key waits for its forerunner's Secret to go.
        await kubectl(['delete', 'secret', 'books-partner-api-key', '-n', 'shop', '--ignore-not-found']);
        expect(await gatewayLists(stack, 'v0.9')).not.to.contain('/shop/');
      });
    });
  }
});

const versionsPath = 'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.generation}{"\\n"}{end}';

function manifestsIn(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .filter((document) => isMap(document.contents))
    .map((document) => document.toJS() as Manifest);
}

function isCore(one: Manifest): boolean {
  return !one.apiVersion.startsWith(`${group}/`);
}

function titleOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}
