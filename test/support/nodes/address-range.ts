import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** 508 addresses on loopback that no other cluster on this machine has, for as long as this process lives. */
export interface AddressRange {
  /** For ClusterIPs. */
  readonly serviceCidr: string;
  /** Where the API server expects to be found by Pods: the first address of the Services. */
  readonly apiServer: string;
  /** An address for a Pod. */
  next(): string;
  release(): void;
}

/** Nobody serves it; it only shows that the range is taken. */
const markPort = 9;
const perRange = 254;

/** All of 127.0.0.0/8 leads to this machine, so each Pod and each Service can have an address and any port there. */
export async function claimAddressRange(): Promise<AddressRange> {
  for (;;) {
    // Even: the second half of the pair is the Pods'.
    const [second, third] = [randomInt(101, 250), randomInt(0, 127) * 2];
    const mark = createServer();
    if (!(await listens(mark, `127.${second}.${third}.254`))) continue;
    mark.unref();
    let last = 0;
    return {
      serviceCidr: `127.${second}.${third}.0/24`,
      apiServer: `127.${second}.${third}.1`,
      next: () => {
        last += 1;
        return `127.${second}.${third + 1}.${((last - 1) % perRange) + 1}`;
      },
      release: () => void mark.close(),
    };
  }
}

async function listens(server: Server, host: string): Promise<boolean> {
  server.listen(markPort, host);
  return await once(server, 'listening').then(
    () => true,
    () => false,
  );
}
