import { X509Certificate } from 'node:crypto';
import type { KubeClient } from '../src/kube/client.ts';
import { secretType } from '../src/kube/core-types.ts';
import { isKubeError } from '../src/kube/kube-error.ts';
import type { Clock } from '../src/runtime/clock.ts';
import type { Logger } from '../src/runtime/logger.ts';
import { decide, type Decision } from './decide.ts';
import { createAuthority, issueLeaf, type Material } from './material.ts';
import { isOurs, materialIn, secretFor, type StoredSecret } from './secret.ts';

export interface KeeperOptions {
  readonly secret: { readonly namespace: string; readonly name: string };
  readonly dnsNames: readonly string[];
  readonly authorityDays: number;
  readonly leafDays: number;
}

export interface KeeperDependencies {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** A Secret of the right name that is not ours; only a person can decide what it is for. */
export class ForeignSecret extends Error {
  override readonly name = 'ForeignSecret';
}

/**
 * The material as it is to be served: read from the Secret, renewed if it has to be. Several replicas may do this at
 * once; whoever writes first wins, and the others take what it wrote.
 */
export async function kept(options: KeeperOptions, dependencies: KeeperDependencies): Promise<Material> {
  const { client, clock, logger } = dependencies;
  const { namespace, name } = options.secret;
  for (;;) {
    const stored = await client.get<StoredSecret>(secretType, namespace, name);
    if (stored !== undefined && !isOurs(stored)) {
      throw new ForeignSecret(
        `could not keep the certificate in Secret ${namespace}/${name} because it is somebody else's; delete it or name another one`,
      );
    }
    const material = stored === undefined ? undefined : materialIn(stored);
    const decision = decide(material, options.dnsNames, clock.now());
    if (decision.is === 'keep' && material !== undefined) return material;
    const renewed = await renew(material, decision, options, clock.now());
    try {
      await write(client, secretFor(options.secret, renewed, stored), stored !== undefined);
      logger.info(
        {
          namespace,
          name,
          reason: decision.is === 'keep' ? 'Missing' : decision.reason,
          operation: decision.is,
        },
        'Made a certificate',
      );
      return renewed;
    } catch (error) {
      // Another replica was faster: look again at what there is now.
      if (!isKubeError(error, 'exists') && !isKubeError(error, 'conflict')) throw error;
    }
  }
}

async function write(client: KubeClient, secret: StoredSecret, exists: boolean): Promise<void> {
  await (exists ? client.replace(secretType, secret) : client.create(secretType, secret));
}

async function renew(
  material: Material | undefined,
  decision: Decision,
  options: KeeperOptions,
  now: Date,
): Promise<Material> {
  const { dnsNames, leafDays, authorityDays } = options;
  if (decision.is === 'new leaf' && material !== undefined) {
    return { ...material, leaf: await issueLeaf(material.authority, { dnsNames, days: leafDays, now }) };
  }
  const authority = await createAuthority({ name: 'Portcullis webhook CA', days: authorityDays, now });
  // The one that goes stays trusted: replicas serve what it signed until they have seen the new Secret.
  const former =
    material === undefined || !isTrustworthy(material.authority.cert, now) ? '' : material.authority.cert;
  return {
    authority,
    bundle: authority.cert + former,
    leaf: await issueLeaf(authority, { dnsNames, days: leafDays, now }),
  };
}

function isTrustworthy(cert: string, now: Date): boolean {
  try {
    return new X509Certificate(cert).validToDate > now;
  } catch {
    return false;
  }
}
