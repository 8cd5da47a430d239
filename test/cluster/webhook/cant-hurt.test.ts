import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { inUseLabel } from '../../../src/model/annotations.ts';
import { group } from '../../../src/model/generation.ts';
import { CertificateAuthority } from '../../support/cluster/credentials.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { gatewayFor } from '../../support/gateway-manifests.ts';
import { home } from '../../support/installation.ts';
import { minimal } from '../../support/manifests.ts';
import { startStack, type Stack } from '../../support/stack.ts';
import { eventually } from '../controller/scene.ts';

const service = 'portcullis-webhook';
const host = `${service}.${home}.svc`;
/** What the API server shows of us when nobody answers: whom it called, and the word at the end of the path. */
const wayOut = new RegExp(
  `failed calling webhook "mutate\\.${group}".*${host}:\\d+/mutate/if-this-fails/look-at-the-pods-of-this-service`,
  's',
);

interface Way {
  readonly title: string;
  /** Resolves with how to end it. */
  readonly begin: (port: number) => Promise<() => Promise<void>>;
}

const ways: readonly Way[] = [
  {
    title: 'nothing listens where its Service leads to',
    begin: () => Promise.resolve(() => Promise.resolve()),
  },
  {
    title: 'what listens there takes calls and never answers',
    begin: (port) => listening(createServer(), port),
  },
  {
    title: 'what listens there has a certificate that nobody trusts',
    begin: async (port) => {
      const authority = await CertificateAuthority.create();
      const { certificate, key } = await authority.issue({ commonName: host, hosts: [host] });
      return await listening(createTlsServer({ cert: certificate, key }), port);
    },
  },
  {
    title: 'its Service is gone',
    begin: async () => {
      await kubectl(['delete', 'service', service, '-n', home]);
      return () => Promise.resolve();
    },
  },
];

describe('without a replica of the webhook', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let stack: Stack;
  let port: number;
  /** A furnished namespace for each way. */
  let namespaces: readonly string[];

  before(async () => {
    stack = await startStack({ cluster: cluster(), api: 'v1' });
    namespaces = await Promise.all(ways.map((_way, index) => furnished(`way-${index}`)));
    const [webhook] = stack.webhooks;
    port = Number(new URL(webhook!.url).port);
    webhook!.terminate();
    await webhook!.ended;
  });
  after(() => stack.stop());

  /** A namespace with a gateway, and on it two APIs that keys refer to. */
  const furnished = async (prefix: string) => {
    const namespace = await freshNamespace(prefix);
    const items = ['books', 'plays'].flatMap((title) => [
      api(namespace, title),
      key(`readers-of-${title}`, `${namespace}-${title}`),
    ]);
    await kubectl(
      ['apply', '-n', namespace, '-f', '-'],
      JSON.stringify(gatewayFor(stack, { scope: 'Namespaced' })),
    );
    for (const item of items) await kubectl(['apply', '-n', namespace, '-f', '-'], JSON.stringify(item));
    await eventually(async () => {
      const found = await kubectl(['get', 'restapis', '-n', namespace, '-l', inUseLabel, '-o', 'name']);
      expect(found).to.contain('books').and.contain('plays');
    });
    return namespace;
  };
  const run = (namespace: string, args: readonly string[], input?: object) =>
    cluster().kubectlRun([...args, '-n', namespace], input === undefined ? undefined : JSON.stringify(input));
  const goes = async (namespace: string, args: readonly string[], input?: object) => {
    const { code, stderr } = await run(namespace, args, input);
    expect(code, stderr).to.equal(0);
  };

  ways.forEach(({ title, begin }, index) => {
    describe(`because ${title}`, () => {
      let end: () => Promise<void>;
      let namespace: string;
      before(async () => {
        namespace = namespaces[index]!;
        end = await begin(port);
      });
      after(() => end());

      it('a creation is refused, and the message says whose Pods to look at', async () => {
        const { code, stderr } = await run(namespace, ['create', '-f', '-'], api(namespace, 'films'));
        expect(code).not.to.equal(0);
        expect(stderr).to.match(wayOut);
      });

      it('what is in use can be deleted', async () => {
        await goes(namespace, ['delete', 'restapi', `${namespace}-books`, '--wait=false']);
        await goes(namespace, ['delete', 'apikey', 'readers-of-books', '--timeout=60s']);
        await goes(namespace, ['wait', '--for=delete', `restapi/${namespace}-books`, '--timeout=60s']);
      });

      it('foreign kinds are written', async () => {
        await goes(namespace, ['create', 'configmap', 'settings', '--from-literal=a=b']);
        await goes(namespace, ['create', 'secret', 'generic', 'password', '--from-literal=a=b']);
      });

      it('the namespace goes, with all that is in it', async () => {
        await kubectl(['delete', 'namespace', namespace, '--timeout=90s']);
      });
    });
  });
});

function api(namespace: string, title: string): object {
  const name = `${namespace}-${title}`;
  const spec = { ...minimal.RestApi, displayName: name, context: `/${name}` };
  return { apiVersion: `${group}/v1`, kind: 'RestApi', metadata: { name }, spec };
}

function key(name: string, parent: string): object {
  const spec = { parentRef: { kind: 'RestApi', name: parent } };
  return { apiVersion: `${group}/v1`, kind: 'ApiKey', metadata: { name }, spec };
}

/** Serves on a port of loopback; what it resolves with closes it, and whatever is open. */
async function listening(server: Server, port: number): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };
}
