import type { KubeClient } from '../src/kube/client.ts';
import { secretType } from '../src/kube/core-types.ts';
import type { EventRecorder } from '../src/kube/events.ts';
import { createInformer } from '../src/kube/informer.ts';
import { isKubeError } from '../src/kube/kube-error.ts';
import type { Clock } from '../src/runtime/clock.ts';
import type { Logger } from '../src/runtime/logger.ts';
import { bundleOf } from './bundle.ts';
import { decide, nextDecision, type Decision } from './decide.ts';
import { createAuthority, issueLeaf, namesOf, type Material } from './material.ts';
import { isOurs, materialIn, secretFor, type SecretPlace, type StoredSecret } from './secret.ts';
import { NoCertificate, type Served, type Source, type Trust } from './source.ts';

export interface SelfSignedOptions {
  /** Where CA and serving pair are kept, for all replicas. */
  readonly secret: SecretPlace;
  /** Every name under which the API server may call. */
  readonly dnsNames: readonly string[];
  readonly authorityLifeMs: number;
  readonly leafLifeMs: number;
  /** From 0 to 1; by chance where absent. */
  readonly lateness?: number;
}

export interface SourceDependencies {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly events: Pick<EventRecorder, 'record'>;
}

/** While a successor does not stand in every configuration, nothing tells when it does. */
const longestWaitMs = 5000;

/** More names than so many come from changes that nobody makes. */
const mostNames = 32;

/** What was there and was no good, and not simply over. */
const damage: ReadonlySet<string> = new Set([
  'Unreadable',
  'KeyMismatch',
  'NotTrusted',
  'NotOfThisAuthority',
]);

/**
 * An authority of our own and the pair that it signed, in one Secret. Several replicas may renew at once: whoever writes
 * first wins, and the others take what it wrote.
 */
export class SelfSigned implements Source {
  readonly #options: SelfSignedOptions;
  readonly #dependencies: SourceDependencies;
  readonly #lateness: number;

  constructor(options: SelfSignedOptions, dependencies: SourceDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#lateness = options.lateness ?? Math.random();
  }

  async look(trust: Trust): Promise<Served> {
    const material = await this.#kept(trust);
    const due = nextDecision(material, { lateness: this.#lateness });
    if (material.successor === undefined)
      return { leaf: material.leaf, bundle: material.bundle, lookAgain: due };
    const waitMs = Math.min(trust.settlesInMs(material.successor.cert), longestWaitMs);
    const settled = new Date(this.#dependencies.clock.now().getTime() + waitMs);
    const lookAgain = due < settled ? due : settled;
    return { leaf: material.leaf, bundle: material.bundle, lookAgain };
  }

  async watch(changed: () => void, signal: AbortSignal): Promise<void> {
    const { namespace, name } = this.#options.secret;
    const watched = createInformer<StoredSecret>(
      { type: secretType, namespace, fieldSelector: `metadata.name=${name}` },
      this.#dependencies,
    );
    watched.onChange(changed);
    await watched.run(signal);
  }

  async #kept(trust: Trust): Promise<Material> {
    const { client, clock, logger } = this.#dependencies;
    const { namespace, name } = this.#options.secret;
    for (;;) {
      const stored = await client.get<StoredSecret>(secretType, namespace, name);
      if (stored !== undefined && !isOurs(stored)) throw this.#foreign(stored);
      const material = stored === undefined ? undefined : materialIn(stored);
      const decision = decide(material, {
        dnsNames: this.#options.dnsNames,
        now: clock.now(),
        lateness: this.#lateness,
        isSuccessorTrusted:
          material?.successor !== undefined && trust.settlesInMs(material.successor.cert) <= 0,
      });
      if (decision.is === 'keep' && material !== undefined) return material;
      const renewed = await this.#renewed(material, decision);
      try {
        await write(client, secretFor(this.#options.secret, renewed, stored), stored !== undefined);
      } catch (error) {
        // Another replica was faster: look again at what there is now.
        if (isKubeError(error, 'exists', 'conflict')) continue;
        throw error;
      }
      const reason = decision.is === 'keep' ? 'Missing' : decision.reason;
      logger.info({ namespace, name, reason, operation: decision.is }, 'Made a certificate');
      if (stored !== undefined) this.#tell(stored, decision);
      return renewed;
    }
  }

  #foreign(secret: StoredSecret): NoCertificate {
    const { namespace, name } = this.#options.secret;
    const message = `the certificate of the webhook can not be kept here, as this Secret is somebody else's; delete it, or name another one by PORTCULLIS_CERTIFICATE_SECRET`;
    this.#dependencies.events.record(secret, 'Warning', 'ForeignSecret', message);
    return new NoCertificate(`Secret ${namespace}/${name}: ${message}`);
  }

  #tell(secret: StoredSecret, decision: Decision): void {
    if (decision.is === 'keep') return;
    const isDamage = damage.has(decision.reason) || materialIn(secret) === undefined;
    this.#dependencies.events.record(
      secret,
      isDamage ? 'Warning' : 'Normal',
      isDamage ? 'CertificateReplaced' : 'CertificateRenewed',
      `${told[decision.is]} (${decision.reason})`,
    );
  }

  async #renewed(material: Material | undefined, decision: Decision): Promise<Material> {
    const { dnsNames, leafLifeMs } = this.#options;
    const now = this.#dependencies.clock.now();
    const issue = (authority: Material['authority']) =>
      issueLeaf(authority, { dnsNames, lifeMs: leafLifeMs, now });
    if (material === undefined || decision.is === 'new authority') {
      const authority = await this.#newAuthority(now);
      return { authority, bundle: trusting([authority.cert], material, now), leaf: await issue(authority) };
    }
    const { authority, successor } = material;
    if (decision.is === 'promotion' && successor !== undefined) {
      const bundle = trusting([successor.cert, authority.cert], material, now);
      return { authority: successor, bundle, leaf: await issue(successor) };
    }
    if (decision.is === 'new successor') {
      const next = await this.#newAuthority(now);
      const bundle = trusting([authority.cert, next.cert], material, now);
      return { ...material, successor: next, bundle };
    }
    if (decision.is === 'new leaf' && decision.reason === 'NamesChanged') {
      // Replicas of two settings would replace each other's certificate for ever: until it is renewed it has both's names.
      const names = [...new Set([...dnsNames, ...namesOf(material.leaf)])].slice(0, mostNames);
      return { ...material, leaf: await issueLeaf(authority, { dnsNames: names, lifeMs: leafLifeMs, now }) };
    }
    const signing = successor === undefined ? [authority.cert] : [authority.cert, successor.cert];
    return { ...material, bundle: trusting(signing, material, now), leaf: await issue(authority) };
  }

  async #newAuthority(now: Date): Promise<Material['authority']> {
    const name = 'Portcullis webhook CA';
    return await createAuthority({ name, lifeMs: this.#options.authorityLifeMs, now });
  }
}

const told = {
  'new leaf': 'the serving certificate was issued anew',
  'new successor': 'another authority was made; it signs once every API server trusts it',
  promotion: 'the authority that was announced signs from now on',
  'new authority': 'authority and serving certificate were made anew',
} as const;

/** Whoever was trusted stays trusted until his life is over: a replica may serve what he signed for as long as that. */
function trusting(certs: readonly string[], material: Material | undefined, now: Date): string {
  return bundleOf([...certs, material?.bundle ?? ''], now);
}

async function write(client: KubeClient, secret: StoredSecret, exists: boolean): Promise<void> {
  await (exists ? client.replace(secretType, secret) : client.create(secretType, secret));
}
