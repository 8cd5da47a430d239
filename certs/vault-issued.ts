import type { Clock } from '../src/runtime/clock.ts';
import { backoffMs } from '../src/runtime/backoff.ts';
import { errorText } from '../src/runtime/describe-error.ts';
import type { Logger } from '../src/runtime/logger.ts';
import { bundleOf } from './bundle.ts';
import { signingRequest, type KeyKind, type SigningRequest } from './signing-request.ts';
import { NoCertificate, type Served, type Source, type Trust, type Trusted } from './source.ts';
import { VaultError } from './vault-error.ts';
import type { VaultLogin } from './vault-login.ts';
import { VaultSession } from './vault-session.ts';
import { signedIn, type Signed } from './vault-signed.ts';
import { VaultTransport, type VaultBody, type VaultPlace } from './vault-transport.ts';

export interface VaultOptions extends VaultPlace {
  readonly login: VaultLogin;
  /** Where the PKI secrets engine is mounted. */
  readonly mount: string;
  /** The role of the engine that signs. */
  readonly role: string;
  readonly keyKind: KeyKind;
  readonly dnsNames: readonly string[];
  /** What we ask for; the role may give less. */
  readonly leafLifeMs: number;
  /** From 0 to 1: how late this replica renews; by chance where absent. */
  readonly lateness?: number;
}

export interface VaultDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A pair of ours: when it is renewed, and when its successor takes its place though not everybody trusts that yet. */
interface Own extends Signed {
  readonly renewAt: Date;
  readonly replaceAt: Date;
}

/** Renewal begins when two thirds of a life are over, and for the latest replica a fiftieth of it later. */
const renewalShare = 2 / 3;
const latenessShare = 1 / 50;
/** A pair whose authority is not trusted yet is kept back, but not through the last tenth of its predecessor's life. */
const lastShare = 9 / 10;
/** While an authority does not stand in every configuration, nothing tells when it does. */
const longestWaitMs = 5000;
const backoff = { baseMs: 2000, capMs: 60_000 };
/** A common name has at most 64 characters (RFC 5280, A.1). */
const longestCommonName = 64;
/** So much is logged of what Vault remarks, in characters. */
const longestWarning = 400;

/**
 * Certificates that a PKI secrets engine of Vault, or of OpenBao, signs. The key is made here and never leaves the
 * process, so nothing is kept anywhere: each replica has a pair of its own, and a new one after a restart. When Vault
 * changes to another authority, the pair that it signed waits until callers trust it.
 */
export class VaultIssued implements Source {
  readonly #options: VaultOptions;
  readonly #dependencies: VaultDependencies;
  readonly #lateness: number;
  readonly #session: VaultSession;
  #serving: Own | undefined;
  #next: Own | undefined;
  /** What Vault has not signed yet. */
  #asking: SigningRequest | undefined;
  #failures = 0;
  /** What went wrong last, and until when Vault is left alone. */
  #failure: { readonly error: Error; readonly until: number } | undefined;

  constructor(options: VaultOptions, dependencies: VaultDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#lateness = options.lateness ?? Math.random();
    const transport = new VaultTransport(options);
    this.#session = new VaultSession(options.login, { transport, clock: dependencies.clock });
  }

  async look(trust: Trust): Promise<Served> {
    if (this.#now() >= this.#dueAt()) await this.#attend();
    if (this.#next !== undefined && this.#isItsTurn(this.#next, trust)) {
      this.#serving = this.#next;
      this.#next = undefined;
    }
    const serving = this.#serving;
    if (serving === undefined || serving.end.getTime() <= this.#now())
      throw new NoCertificate(this.#failure === undefined ? 'it is over' : errorText(this.#failure.error));
    return this.#served(serving, trust);
  }

  /** Nobody changes what only this process has. */
  async watch(): Promise<void> {
    await Promise.resolve();
  }

  /** Asks Vault for what is due. What is served goes on until it ends, whatever comes of it. */
  async #attend(): Promise<void> {
    const { logger } = this.#dependencies;
    try {
      if (this.#now() >= this.#renewAt()) this.#next = await this.#issued();
      else await this.#session.keep();
      this.#failures = 0;
      this.#failure = undefined;
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      this.#failures += 1;
      const retryMs = backoffMs(this.#failures, backoff);
      this.#failure = { error, until: this.#now() + retryMs };
      // Where nothing is served yet, whoever looks is told, and tells it.
      if (this.#serving !== undefined) logger.warn({ error, retryMs }, 'Could not renew what Vault gave');
    }
  }

  async #issued(): Promise<Own> {
    const { mount, role, keyKind, dnsNames, leafLifeMs } = this.#options;
    const commonName = dnsNames.find((name) => name.length <= longestCommonName) ?? '';
    // What was not signed is asked for again: a key is dear to make.
    this.#asking ??= await signingRequest(keyKind, { commonName, dnsNames });
    const { request, key } = this.#asking;
    const answer = await this.#session.call({
      method: 'POST',
      path: `${mount}/sign/${role}`,
      // A role takes the names from the request or from here, as it is told.
      body: {
        csr: request,
        common_name: commonName,
        alt_names: dnsNames.join(','),
        ttl: `${Math.ceil(leafLifeMs / 1000)}s`,
        format: 'pem',
      },
      purpose: 'have a certificate signed by Vault',
      advice: {
        refused: `the role ${role} has to allow these names (PORTCULLIS_VAULT_NAMES), this kind of key (PORTCULLIS_VAULT_KEY) and this life (PORTCULLIS_CERTIFICATE_LIFE)`,
        forbidden: `a policy has to give our token "update" on ${mount}/sign/${role}`,
        absent: `make sure that a PKI secrets engine is mounted at PORTCULLIS_VAULT_MOUNT (${mount}) and has the role PORTCULLIS_VAULT_ROLE (${role}), in the namespace that PORTCULLIS_VAULT_NAMESPACE names`,
      },
    });
    const now = this.#dependencies.clock.now();
    const signed = signedIn(answer, { key, dnsNames, now });
    this.#asking = undefined;
    const lifeMs = signed.end.getTime() - now.getTime();
    const at = (share: number) => new Date(now.getTime() + lifeMs * share);
    const detail = warningsIn(answer);
    this.#dependencies.logger.info(
      { expires: signed.end.toISOString(), ...(detail === '' ? {} : { detail }) },
      'Vault signed a certificate',
    );
    return {
      ...signed,
      renewAt: at(renewalShare + this.#lateness * latenessShare),
      replaceAt: at(lastShare),
    };
  }

  #isItsTurn({ authorities }: Own, trust: Trust): boolean {
    return (
      this.#serving === undefined ||
      this.#now() >= this.#serving.replaceAt.getTime() ||
      trust.settlesInMs(authorities.join('')) <= 0
    );
  }

  #served(serving: Own, trust: Trust): Served {
    const pairs = this.#next === undefined ? [serving] : [this.#next, serving];
    const shared = pairs.flatMap(({ authorities, end }): Trusted[] =>
      authorities.map((pem) => ({ pem, until: end })),
    );
    const bundle = bundleOf(
      shared.map(({ pem }) => pem),
      this.#dependencies.clock.now(),
    );
    return { leaf: serving.pair, bundle, shared, lookAgain: new Date(this.#lookAt(serving, trust)) };
  }

  #lookAt(serving: Own, trust: Trust): number {
    const next = this.#next;
    if (next === undefined) return this.#dueAt();
    const waitMs = Math.min(trust.settlesInMs(next.authorities.join('')), longestWaitMs);
    return Math.min(this.#dueAt(), this.#now() + waitMs, serving.replaceAt.getTime());
  }

  /** When Vault is to be asked for something; not while it is left alone. */
  #dueAt(): number {
    const tokenAt = this.#session.renewAt?.getTime() ?? Infinity;
    return Math.max(Math.min(this.#renewAt(), tokenAt), this.#failure?.until ?? 0);
  }

  #renewAt(): number {
    return (this.#next ?? this.#serving)?.renewAt.getTime() ?? 0;
  }

  #now(): number {
    return this.#dependencies.clock.now().getTime();
  }
}

/** What Vault remarks on what it did, such as a life that it has cut. */
function warningsIn({ warnings }: VaultBody): string {
  const found: readonly unknown[] = Array.isArray(warnings) ? warnings : [];
  return found
    .filter((one) => typeof one === 'string')
    .join('; ')
    .slice(0, longestWarning);
}
