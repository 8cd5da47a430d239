import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { Agent, request } from 'undici';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startStack, type Stack } from '../../support/stack.ts';

const reviewed = { PORTCULLIS_METRICS_ACCESS: 'reviewed' };

interface Place {
  readonly title: string;
  readonly url: (stack: Stack) => string;
}

const places: readonly Place[] = [
  { title: "the webhook's probe port", url: ({ webhooks: [webhook] }) => webhook!.probeUrl },
  { title: "the webhook's HTTPS port", url: ({ webhooks: [webhook] }) => webhook!.url },
  { title: "the controller's probe port", url: ({ controllerProbeUrl }) => controllerProbeUrl },
];

describe('the processes with metrics for reviewed accounts', function () {
  this.timeout(60_000);
  const cluster = useCluster();
  const role = `metrics-${randomBytes(4).toString('hex')}`;
  // The certificate is the Service's, which nobody has asked for here.
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  let stack: Stack;
  let token: string;

  before(async () => {
    const [webhookSettings, controllerSettings] = [reviewed, reviewed];
    stack = await startStack({
      cluster: cluster(),
      api: 'v1',
      withoutGateway: true,
      webhookSettings,
      controllerSettings,
    });
    const namespace = await freshNamespace('scrape');
    await kubectl(['create', 'serviceaccount', 'prometheus', '-n', namespace]);
    await kubectl(['create', 'clusterrole', role, '--verb=get', '--non-resource-url=/metrics']);
    const account = `--serviceaccount=${namespace}:prometheus`;
    await kubectl(['create', 'clusterrolebinding', role, `--clusterrole=${role}`, account]);
    token = (await kubectl(['create', 'token', 'prometheus', '-n', namespace])).trim();
  });
  after(async () => {
    await dispatcher.close();
    await kubectl(['delete', 'clusterrole,clusterrolebinding', role]);
    await stack.stop();
  });

  for (const { title, url } of places) {
    it(`show them at ${title} to who may see them, and to nobody else`, async () => {
      const get = async (headers: Readonly<Record<string, string>>) => {
        const { statusCode, body } = await request(`${url(stack)}/metrics`, { headers, dispatcher });
        return { statusCode, text: await body.text() };
      };
      const shown = await get({ authorization: `Bearer ${token}` });
      expect(shown.statusCode, shown.text).to.equal(200);
      expect(shown.text).to.contain('# TYPE portcullis_');
      expect(await get({})).to.deep.equal({
        statusCode: 401,
        text: 'a bearer token of this cluster is needed\n',
      });
    });
  }
});
