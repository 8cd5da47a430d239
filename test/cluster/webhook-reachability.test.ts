import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { CertificateAuthority } from '../support/cluster/credentials.ts';
import { applyYaml, freshNamespace, useCluster } from '../support/cluster/shared.ts';

interface Review {
  readonly request: { readonly uid: string; readonly name: string };
}

/** A webhook that refuses everything and says that it was asked. */
async function refusingWebhook(service: string, namespace: string, address: string) {
  const authority = await CertificateAuthority.create();
  const host = `${service}.${namespace}.svc`;
  const { certificate, key } = await authority.issue({ commonName: host, hosts: [host] });
  const server = createServer({ cert: certificate, key }, (request, response) => {
    void text(request).then((body) => {
      const { uid, name } = (JSON.parse(body) as Review).request;
      const status = { message: `${host} was asked about ${name} at ${request.url ?? ''}` };
      const answer = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ ...answer, response: { uid, allowed: false, status } }));
    });
  }).listen(0, address);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, caBundle: authority.pair.certificate };
}

/** Registers the webhook for ConfigMaps of its own namespace. */
async function register(namespace: string, port: number, caBundle: string): Promise<void> {
  const webhook = {
    name: 'refuse.portcullis.test',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
    // The controllers put one into each new namespace.
    matchConditions: [{ name: 'ours', expression: "object.metadata.name != 'kube-root-ca.crt'" }],
    clientConfig: {
      service: { name: 'hook', namespace, port, path: '/validate' },
      caBundle: Buffer.from(caBundle).toString('base64'),
    },
  };
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
  };
  await applyYaml(JSON.stringify({ ...configuration, metadata: { name: namespace }, webhooks: [webhook] }));
}

describe('the API server reaches a webhook outside the cluster by its Service', () => {
  before(function () {
    // The webhooks listen on this machine's loopback, where the API server of another cluster is not.
    if (process.env.USE_EXISTING_CLUSTER === 'true') this.skip();
  });
  const cluster = useCluster();
  let server: Server | undefined;
  let namespace = '';

  afterEach(async () => {
    server?.close();
    server?.closeAllConnections();
    await cluster().kubectlRun(['delete', 'validatingwebhookconfiguration', namespace]);
  });

  const ways = [
    { type: 'ExternalName', address: '127.0.0.1', spec: { externalName: 'localhost' } },
    { type: 'ClusterIP', address: '127.100.0.77', spec: { clusterIP: '127.100.0.77' } },
  ];
  for (const { type, address, spec } of ways) {
    it(`of type ${type}, on the port that the configuration names, with a certificate for <service>.<namespace>.svc`, async () => {
      namespace = await freshNamespace('hook');
      const webhook = await refusingWebhook('hook', namespace, address);
      server = webhook.server;
      const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'hook', namespace } };
      await applyYaml(
        JSON.stringify({ ...service, spec: { type, ...spec, ports: [{ port: webhook.port }] } }),
      );
      await register(namespace, webhook.port, webhook.caBundle);

      // A new configuration is in force a moment after it is stored.
      const create = ['create', 'configmap', '-n', namespace];
      let stderr = '';
      for (let i = 0; i < 50 && stderr === ''; i++) {
        stderr = (await cluster().kubectlRun([...create, `attempt-${i}`])).stderr;
      }
      expect(stderr).to.match(
        /refuse\.portcullis\.test" denied the request: hook\.hook-\w+\.svc was asked about attempt-\d+ at \/validate/,
      );
    });
  }
});
