import { group } from '../../src/model/generation.ts';
import type { Stack } from './stack.ts';

/**
 * An APIGateway named `emulated` for a stack's gateway, and the Secret that it signs in with. Without a `namespace`,
 * kubectl's own decides.
 */
export function gatewayFor(
  stack: Pick<Stack, 'gatewayUrl'> & Partial<Pick<Stack, 'adminUrl'>>,
  apiSelector: object,
  namespace?: string,
): object {
  const place = namespace === undefined ? {} : { namespace };
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'gateway-admin', ...place },
        stringData: { username: 'admin', password: 'admin' },
      },
      {
        apiVersion: `${group}/v1`,
        kind: 'APIGateway',
        metadata: { name: 'emulated', ...place },
        spec: {
          apiSelector,
          management: {
            url: stack.gatewayUrl,
            ...(stack.adminUrl === undefined ? {} : { adminUrl: stack.adminUrl }),
            auth: { basic: { secretRef: { name: 'gateway-admin' } } },
          },
        },
      },
    ],
  };
}
