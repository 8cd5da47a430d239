import { createPrivateKey, X509Certificate } from 'node:crypto';
import { secretType } from '../src/kube/core-types.ts';
import { createInformer } from '../src/kube/informer.ts';
import { pairIn, textIn, type SecretPlace, type StoredSecret } from './secret.ts';
import type { SourceDependencies } from './self-signed.ts';
import { NoCertificate, type Served, type Source } from './source.ts';

/** Whoever renews it usually does so when two thirds of its life are over; so late it is worth a word. */
const lateShare = 9 / 10;

/** A serving pair in a Secret that somebody else renews, such as cert-manager. It is read and never written. */
export class Provided implements Source {
  readonly #secret: SecretPlace;
  readonly #dnsNames: readonly string[];
  readonly #dependencies: SourceDependencies;

  constructor(
    options: { readonly secret: SecretPlace; readonly dnsNames: readonly string[] },
    dependencies: SourceDependencies,
  ) {
    this.#secret = options.secret;
    this.#dnsNames = options.dnsNames;
    this.#dependencies = dependencies;
  }

  async look(): Promise<Served> {
    const { client, clock, events } = this.#dependencies;
    const { namespace, name } = this.#secret;
    const stored = await client.get<StoredSecret>(secretType, namespace, name);
    if (stored === undefined)
      throw new NoCertificate(
        `Secret ${namespace}/${name} does not exist; whoever issues certificates has to make it`,
      );
    const pair = pairIn(stored, 'tls');
    const certificate = pair === undefined ? undefined : readable(pair.cert);
    const fault = faultOf(certificate, pair?.key.reveal(), clock.now());
    if (fault !== undefined || pair === undefined || certificate === undefined) {
      events.record(stored, 'Warning', 'UnusableCertificate', fault ?? '');
      throw new NoCertificate(`Secret ${namespace}/${name}: ${fault}`);
    }
    const unnamed = this.#dnsNames.filter((one) => certificate.checkHost(one) === undefined);
    if (unnamed.length === this.#dnsNames.length)
      events.record(stored, 'Warning', 'OtherNames', `the certificate is for none of ${unnamed.join(', ')}`);
    if (clock.now() >= lateMoment(certificate)) {
      const message = `the certificate ends at ${certificate.validToDate.toISOString()} and was not renewed yet`;
      events.record(stored, 'Warning', 'CertificateExpiring', message);
    }
    const bundle = textIn(stored, 'ca.crt');
    return { leaf: pair, bundle: bundle === '' ? undefined : bundle, lookAgain: certificate.validToDate };
  }

  async watch(changed: () => void, signal: AbortSignal): Promise<void> {
    const { namespace, name } = this.#secret;
    const watched = createInformer<StoredSecret>(
      { type: secretType, namespace, fieldSelector: `metadata.name=${name}` },
      this.#dependencies,
    );
    watched.onChange(changed);
    await watched.run(signal);
  }
}

function faultOf(
  certificate: X509Certificate | undefined,
  key: string | undefined,
  now: Date,
): string | undefined {
  if (key === undefined) return 'tls.crt or tls.key is missing';
  if (certificate === undefined) return 'tls.crt is no certificate';
  try {
    if (!certificate.checkPrivateKey(createPrivateKey(key))) return 'tls.key belongs to another certificate';
  } catch {
    return 'tls.key is no private key';
  }
  return certificate.validToDate <= now
    ? `tls.crt has been over since ${certificate.validToDate.toISOString()}`
    : undefined;
}

function readable(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function lateMoment({ validFromDate, validToDate }: X509Certificate): Date {
  const from = validFromDate.getTime();
  return new Date(from + (validToDate.getTime() - from) * lateShare);
}
