import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { customType } from '../../src/kube/core-types.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { apiVersionOf, type KubeObject } from '../../src/kube/resource.ts';
import { good, wrong, type Check } from './finding.ts';

const type = customType(gatewayKind);

/** No CRD finds fault with it, and every webhook of ours does. */
const refusable = { apiSelector: { scope: 'Namespaced' }, management: { url: 'nowhere' } };

/**
 * Whether the API server reaches and trusts the webhook, as only it can tell: a dry run of what the webhook must refuse.
 * Nothing is stored, whatever the answer.
 */
export const webhook: Check = {
  name: 'webhook',
  run: async ({ client, namespace }) => {
    const probe: KubeObject = {
      apiVersion: apiVersionOf(type),
      kind: type.kind,
      metadata: { name: 'portcullis-doctor', namespace },
      spec: refusable,
    };
    try {
      await client.create(type, probe, { dryRun: true });
    } catch (error) {
      if (!isKubeError(error)) throw error;
      if (error.message.includes('denied the request')) return [good('it is reached, trusted, and judges')];
      const [, why] = /failed calling webhook (.*)/s.exec(error.message) ?? [];
      if (why === undefined) throw error;
      const isTrust = /x509|tls|certificate/i.test(why);
      return [
        wrong(
          `the API server fails to call it: ${why}`,
          isTrust
            ? 'the caBundle does not fit the certificate: restart the webhook, and see who else writes the configurations'
            : 'look at the Pods of the webhook, its Service, and NetworkPolicies between the API server and them',
        ),
      ];
    }
    return [
      wrong(
        `what it must refuse was let through in namespace ${namespace}: nothing is judged there`,
        'see that the configurations are there, and that their namespaceSelector takes in the namespace',
      ),
    ];
  },
};
