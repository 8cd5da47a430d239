import type { Endpoint } from '../../src/gateway/endpoint.ts';
import type { ManagementClient } from '../../src/gateway/management-client.ts';
import { AdminPort, type Trouble } from './admin-port.ts';
import { isForbiddenHost } from '../../src/discovery/forbidden-host.ts';

interface Access {
  readonly adminUrl: string;
  /** How the management API of the same gateway is spoken to. */
  readonly endpoint: Endpoint;
  readonly client: ManagementClient;
}

/** The admin port of a gateway, and by what it was found. */
export interface Port extends Access {
  readonly admin: AdminPort;
}

/** Opens the port that an APIGateway names; nothing is sent yet. */
export function openPort(
  access: Access,
  { allowLoopback }: { readonly allowLoopback: boolean },
): Port | Trouble {
  const url = URL.parse(access.adminUrl);
  if (url === null || isForbiddenHost(url.hostname, allowLoopback)) {
    const message = 'spec.management.adminUrl is no place for a gateway';
    return { is: 'failed', reason: 'NotRead', message };
  }
  const admin = new AdminPort({
    url,
    generation: access.client.generation,
    management: access.endpoint,
  });
  return { ...access, admin };
}
