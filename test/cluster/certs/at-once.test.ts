import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { certificatesIn } from '../../../certs/bundle.ts';
import { startCertificates } from '../../../certs/certificates.ts';
import type { StoredSecret } from '../../../certs/secret.ts';
import { SelfSigned } from '../../../certs/self-signed.ts';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { secretType } from '../../../src/kube/core-types.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { freshNamespace, useCluster } from '../../support/cluster/shared.ts';

const times = 50;
const hourMs = 3_600_000;
const name = 'certificate';

describe('three replicas that start at once where there is no certificate', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  const connect = () => createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });

  it(`agree on one authority, ${times} times, each with a key of its own and a leaf that ends before it`, async () => {
    const client = connect();
    const namespace = await freshNamespace('at-once');
    const keys = new Set<string>();
    for (let time = 0; time < times; time += 1) {
      const ended = new AbortController();
      const start = async (dnsName: string) => {
        const dependencies = { client: connect(), logger: silentLogger, clock: systemClock };
        const options = { secret: { namespace, name }, dnsNames: [dnsName] };
        // A leaf that would live longer than whoever signs it.
        const lives = { authorityLifeMs: hourMs, leafLifeMs: 2 * hourMs };
        const source = new SelfSigned({ ...options, ...lives }, { ...dependencies, events: noEvents });
        return await startCertificates({ source }, dependencies, ended.signal);
      };
      const replicas = await Promise.all(['webhook', 'webhook', 'webhook'].map(start));
      const served = new Set(replicas.map((replica) => replica.current().cert));
      expect([...served], 'leaves').to.have.length(1);
      const secret = await client.get<StoredSecret>(secretType, namespace, name);
      const authorities = certificatesIn(text(secret, 'ca.crt'));
      expect(authorities, 'authorities').to.have.length(1);
      const authority = new X509Certificate(authorities[0] ?? '');
      const leaf = new X509Certificate([...served][0] ?? '');
      expect(leaf.checkIssued(authority) && leaf.verify(authority.publicKey)).to.equal(true);
      expect(leaf.validToDate.getTime()).to.be.at.most(authority.validToDate.getTime());
      keys.add(authority.publicKey.export({ type: 'spki', format: 'pem' }).toString());
      ended.abort();
      await Promise.all(replicas.map(({ done }) => done));
      await client.delete(secretType, namespace, name);
    }
    expect(keys.size).to.equal(times);
  });
});

const noEvents = { record: () => undefined };

function text(secret: StoredSecret | undefined, key: string): string {
  return Buffer.from(secret?.data?.[key] ?? '', 'base64').toString();
}
