import { X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { plurals } from '../../src/manifests/plurals.ts';
import { webhookConfigurations } from '../../src/manifests/webhooks.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { mutatingConfigurationType, validatingConfigurationType } from '../../src/kube/core-types.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import { partOfLabel, partOfUs } from '../../src/model/annotations.ts';
import { errorText } from '../../src/runtime/describe-error.ts';
import { doubtful, good, wrong, type Check, type Finding } from './finding.ts';

interface Webhook extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly clientConfig: {
    readonly caBundle?: string;
    readonly service?: { readonly namespace: string; readonly name: string; readonly port?: number };
  };
}

export interface Configuration extends BareObject {
  readonly webhooks?: readonly Webhook[];
}

export const types = [validatingConfigurationType, mutatingConfigurationType] as const;

/** The configurations by which the API server asks our webhook. */
export async function configurationsOf(client: Pick<KubeClient, 'list'>): Promise<readonly Configuration[]> {
  const labelSelector = `${partOfLabel}=${partOfUs}`;
  const listed = await Promise.all(types.map((type) => client.list<Configuration>(type, { labelSelector })));
  return listed.flatMap(({ items }) => items);
}

const restore = 'helm upgrade brings it back';

/** Whether both configurations are there, are those of this version, and trust somebody. */
export const configurations: Check = {
  name: 'webhook configurations',
  run: async ({ client, clock }) => {
    const found = await configurationsOf(client);
    return types.flatMap(({ kind }) => {
      const ours = found.filter((one) => one.kind === kind);
      const [first, second] = ours;
      if (first === undefined)
        return [wrong(`there is no ${kind} of Portcullis: nothing is judged`, restore)];
      if (second !== undefined) {
        const names = ours.map(({ metadata }) => metadata.name).join(', ');
        return [
          wrong(`there are several: ${kind} ${names}`, 'a cluster has one Portcullis: delete all but one'),
        ];
      }
      const faults = [...ofVersion(first), ...trust(first, clock.now())];
      return faults.length > 0 ? faults : [good(`${kind} ${first.metadata.name} is that of this version`)];
    });
  },
};

/** What of a webhook decides, and is the same in every installation. */
const compared = [
  'rules',
  'matchConditions',
  'failurePolicy',
  'sideEffects',
  'admissionReviewVersions',
  'matchPolicy',
];

function ofVersion(configuration: Configuration): readonly Finding[] {
  const { kind, metadata, webhooks = [] } = configuration;
  const place = { namespace: '', service: '', port: 443, name: metadata.name };
  const expected = webhookConfigurations(place, plurals).find((one) => one.kind === kind)?.webhooks ?? [];
  return (expected as readonly (Readonly<Record<string, unknown>> & { readonly name?: unknown })[]).flatMap(
    (wanted) => {
      const name = String(wanted.name);
      const is = webhooks.find((webhook) => webhook.name === name);
      if (is === undefined) return [wrong(`${kind} ${metadata.name} has no webhook ${name}`, restore)];
      const different = compared.filter(
        (field) => !isDeepStrictEqual(plain(is[field]), plain(wanted[field])),
      );
      return different.length === 0
        ? []
        : [
            doubtful(
              `${kind} ${metadata.name}, ${name}: ${different.join(', ')} ${different.length === 1 ? 'is' : 'are'} not of this version`,
              'upgrade the chart, or use the command of the version that is installed',
            ),
          ];
    },
  );
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** So long before its end a certificate is worth a word; ours are renewed long before. */
const soonMs = 7 * 24 * 3600 * 1000;

function trust({ kind, metadata, webhooks = [] }: Configuration, now: Date): readonly Finding[] {
  const bundles = new Set(webhooks.map(({ clientConfig }) => clientConfig.caBundle ?? ''));
  const title = `${kind} ${metadata.name}`;
  if (bundles.has(''))
    return [
      wrong(
        `${title} has no caBundle: the API server trusts no webhook`,
        'the webhook sets it when it runs; look at its Pods',
      ),
    ];
  return [...bundles].flatMap((bundle) => {
    try {
      const ends = certificatesIn(Buffer.from(bundle, 'base64').toString('utf8')).map(
        ({ validTo }) => new Date(validTo),
      );
      const last = ends.toSorted((one, other) => other.getTime() - one.getTime())[0];
      if (last === undefined) return [wrong(`${title}: its caBundle holds no certificate`, restore)];
      const at = last.toISOString();
      if (last <= now)
        return [wrong(`${title}: what it trusts has ended at ${at}`, 'restart the webhook, which renews it')];
      return last.getTime() - now.getTime() < soonMs
        ? [
            doubtful(
              `${title}: what it trusts ends at ${at}`,
              'the webhook renews it in time; look at its log if it has not',
            ),
          ]
        : [];
    } catch (error) {
      return [wrong(`${title}: its caBundle can not be read: ${errorText(error)}`, restore)];
    }
  });
}

function certificatesIn(pem: string): readonly X509Certificate[] {
  return [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
    ([text]) => new X509Certificate(text),
  );
}
