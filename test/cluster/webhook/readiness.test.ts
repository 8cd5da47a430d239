import { expect } from 'chai';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { configuration, home } from '../../support/installation.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually } from '../controller/scene.ts';

const secret = 'portcullis-webhook-certificate';
const kinds = ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration'] as const;

/** What is taken from a configuration, as a person, an upgrade or a delivery tool may. */
const damages = [
  { title: 'removed', steps: [{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }] },
  {
    title: 'overwritten with something that is no certificate',
    steps: [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: 'Cg==' }],
  },
];

describe('readiness of the webhook', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let stack: Stack;

  before(async () => {
    stack = await startStack({
      cluster: cluster(),
      api: 'v1',
      withoutGateway: true,
      withoutController: true,
    });
  });
  after(() => stack.stop());

  const ready = async () => {
    const answer = await fetch(`${stack.webhooks[0]!.probeUrl}/readyz`);
    return { status: answer.status, text: await answer.text() };
  };
  const bundleIn = (kind: string) =>
    kubectl(['get', kind, configuration, '-o', 'jsonpath={.webhooks[0].clientConfig.caBundle}']);
  const patch = (kind: string, steps: readonly object[]) =>
    kubectl(['patch', kind, configuration, '--type=json', '-p', JSON.stringify(steps)]);

  for (const kind of kinds) {
    for (const { title, steps } of damages) {
      it(`stays while the CA in the ${kind} is ${title}, and the CA comes back`, async () => {
        const before = await bundleIn(kind);
        const answers: number[] = [];
        await patch(kind, steps);
        await eventually(async () => {
          answers.push((await ready()).status);
          expect(await bundleIn(kind)).to.equal(before);
        });
        expect(new Set(answers)).to.deep.equal(new Set([200]));
      });
    }
  }

  it('stays when a configuration is deleted, and the CA stands in the one that comes in its place', async () => {
    const [kind] = kinds;
    const before = await bundleIn(kind);
    const { webhooks, ...stored } = JSON.parse(await kubectl(['get', kind, configuration, '-o', 'json'])) as {
      webhooks: { clientConfig: { caBundle?: string } }[];
    };
    for (const { clientConfig } of webhooks) delete clientConfig.caBundle;
    await kubectl(['delete', kind, configuration]);
    const answers: number[] = [];
    const look = async () => answers.push((await ready()).status);
    // While each kubectl starts, the replica has noticed long ago.
    for (let count = 0; count < 5; count += 1) {
      expect(await kubectl(['get', kind, configuration, '--ignore-not-found'])).to.equal('');
      await look();
    }
    const metadata = { name: configuration };
    await kubectl(['create', '-f', '-'], JSON.stringify({ ...stored, webhooks, metadata }));
    await eventually(async () => {
      await look();
      expect(await bundleIn(kind)).to.equal(before);
    });
    expect(new Set(answers)).to.deep.equal(new Set([200]));
  });

  /** Restarts the replica where something is missing, and puts it right once the replica has said that it waits for it. */
  const waits = async (reason: string, mend: () => Promise<unknown>) => {
    const restarted = stack.webhooks[0]!.restart();
    await eventually(async () => {
      const { status, text } = await ready();
      expect(status).to.equal(503);
      expect(text).to.contain(reason);
    });
    await mend();
    await restarted;
    expect((await ready()).status).to.equal(200);
  };
  const taken = async (kind: string, name: string) => {
    const { metadata: _, ...rest } = JSON.parse(await kubectl(['get', kind, name, '-o', 'json'])) as {
      metadata: object;
    };
    await kubectl(['delete', kind, name]);
    return () => kubectl(['create', '-f', '-'], JSON.stringify({ ...rest, metadata: { name } }));
  };

  for (const kind of kinds) {
    it(`of a replica that starts waits for the ${kind}`, async () => {
      await waits(
        'not ready:\n  the CA does not stand in the webhook configurations yet\n',
        await taken(kind, configuration),
      );
    });
  }

  it('of a replica that starts waits for a certificate, and says what keeps it', async () => {
    const label = (owner: string) =>
      kubectl([
        'label',
        'secret',
        secret,
        '-n',
        home,
        `app.kubernetes.io/managed-by=${owner}`,
        '--overwrite',
      ]);
    await label('somebody');
    await waits(`there is no certificate: Secret ${home}/${secret}`, () => label('portcullis'));
  });

  it('of a replica that starts waits until every kind is listed, and names those that are not', async () => {
    const role = 'portcullis-webhook';
    const stored = await kubectl(['get', 'clusterrole', role, '-o', 'jsonpath={.rules[0]}']);
    await patchRole(role, [{ op: 'remove', path: '/rules/0' }]);
    await waits('restapis are not listed yet', () =>
      patchRole(role, [{ op: 'add', path: '/rules/0', value: JSON.parse(stored) as object }]),
    );
  });
});

async function patchRole(name: string, steps: readonly object[]): Promise<void> {
  await kubectl(['patch', 'clusterrole', name, '--type=json', '-p', JSON.stringify(steps)]);
}
