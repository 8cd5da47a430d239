import type { KubeClient } from '../kube/client.ts';
import type { Endpoint, GatewayTls } from '../gateway/endpoint.ts';
import type { GatewaySpec } from '../kinds/api-gateway.ts';
import { Sensitive } from '../runtime/sensitive.ts';
import type { Values, ValueReader } from '../kube/value-reader.ts';
import { isForbiddenHost } from './forbidden-host.ts';
import { helmCredentials, initial } from './helm-credentials.ts';
import { defaultPort, findPlatformService } from './platform-service.ts';

export interface EndpointOptions {
  /** Domain of the cluster's Services. */
  readonly clusterDomain: string;
  readonly allowLoopback: boolean;
  /** Whether a gateway of which nobody says how it is signed in to is tried with the platform's first password. */
  readonly defaultCredentials: boolean;
}

export interface EndpointSteps {
  readonly client: Pick<KubeClient, 'list'>;
  readonly values: ValueReader;
}

/** An APIGateway from which nobody can tell where its gateway is. The message completes "could not … because …". */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  readonly means = 'unconfigured';
}

/** What is looked at of an APIGateway. */
export interface FoundBy {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec?: GatewaySpec | undefined;
}

type Management = NonNullable<GatewaySpec['management']>;

const defaultConcurrency = 8;

/** Where a gateway's management API is and how it is spoken to, by its APIGateway. */
export async function findEndpoint(
  gateway: FoundBy,
  options: EndpointOptions,
  steps: EndpointSteps,
): Promise<Endpoint> {
  const management: Management = gateway.spec?.management ?? {};
  const url = await findUrl(gateway, management, options, steps);
  if (isForbiddenHost(url.hostname, options.allowLoopback))
    throw unusable(`${url.host} is no place for a gateway`);
  return {
    url,
    credentials: await findCredentials(gateway, management, options, steps),
    tls: await findTls(gateway, management, steps),
    maxConcurrency: management.maxConcurrency ?? defaultConcurrency,
  };
}

async function findUrl(
  { metadata }: FoundBy,
  { url, serviceRef }: Management,
  options: EndpointOptions,
  steps: EndpointSteps,
): Promise<URL> {
  if (url !== undefined) {
    const parsed = URL.parse(url);
    if (parsed === null) throw unusable('spec.management.url is not a URL');
    return parsed;
  }
  const host = (name: string, namespace: string) => `${name}.${namespace}.svc.${options.clusterDomain}`;
  if (serviceRef !== undefined) {
    const { name, namespace = metadata.namespace, port = defaultPort, scheme = 'http' } = serviceRef;
    return new URL(`${scheme}://${host(name, namespace)}:${port}`);
  }
  const found = await findPlatformService(metadata, steps.client);
  if (found.fault !== undefined) throw unusable(found.fault);
  return new URL(`http://${host(found.name, metadata.namespace)}:${found.port}`);
}

async function findCredentials(
  { metadata, spec }: FoundBy,
  { auth, url, serviceRef }: Management,
  { defaultCredentials }: EndpointOptions,
  steps: EndpointSteps,
): Promise<Endpoint['credentials']> {
  const { namespace } = metadata;
  const { basic, bearer } = auth ?? {};
  if (basic !== undefined) {
    const { name } = basic.secretRef;
    const values = await secretOf(namespace, name, steps);
    const username = keyOf(values, name, 'username');
    return basicOf({ username, password: keyOf(values, name, 'password') });
  }
  if (bearer !== undefined) {
    const { name, key } = bearer.secretRef;
    return { by: 'bearer', token: new Sensitive(keyOf(await secretOf(namespace, name, steps), name, key)) };
  }
  if (url !== undefined && spec?.configRef?.name === undefined) return { by: 'none' };
  if (serviceRef !== undefined && spec?.configRef?.name === undefined) return { by: 'none' };
  const configMap = spec?.configRef?.name;
  const config =
    configMap === undefined ? undefined : await steps.values.read('ConfigMap', namespace, configMap);
  const found = helmCredentials(config?.['values.yaml']);
  switch (found.is) {
    case 'found':
      return basicOf(found);
    case 'off':
      return { by: 'none' };
    case 'fault':
      throw unusable(found.message);
    case 'absent':
      if (defaultCredentials) return basicOf(initial);
      throw unusable(
        `nothing says how it is signed in to; spec.management.auth names a Secret, and PORTCULLIS_DEFAULT_CREDENTIALS=true tries the platform's first password`,
      );
  }
}

function basicOf({ username, password }: { readonly username: string; readonly password: string }) {
  return { by: 'basic', username, password: new Sensitive(password) } as const;
}

async function findTls(
  { metadata: { namespace } }: FoundBy,
  { tls }: Management,
  steps: EndpointSteps,
): Promise<GatewayTls> {
  const { caSecretRef, clientCertSecretRef, insecureSkipVerify } = tls ?? {};
  const ca = caSecretRef && (await secretOf(namespace, caSecretRef.name, steps));
  const own = clientCertSecretRef && (await secretOf(namespace, clientCertSecretRef.name, steps));
  return {
    ...(ca === undefined ? {} : { ca: keyOf(ca, caSecretRef?.name ?? '', caSecretRef?.key ?? 'ca.crt') }),
    ...(own === undefined
      ? {}
      : {
          clientCertificate: {
            certificate: keyOf(own, clientCertSecretRef?.name ?? '', 'tls.crt'),
            key: new Sensitive(keyOf(own, clientCertSecretRef?.name ?? '', 'tls.key')),
          },
        }),
    ...(insecureSkipVerify === true ? { insecureSkipVerify } : {}),
  };
}

async function secretOf(namespace: string, name: string, { values }: EndpointSteps): Promise<Values> {
  const found = await values.read('Secret', namespace, name);
  if (found === undefined) throw unusable(`Secret ${name} does not exist`);
  return found;
}

function keyOf(values: Values, secret: string, key: string): string {
  const value = values[key];
  if (value === undefined) throw unusable(`Secret ${secret} has no key ${key}`);
  return value;
}

function unusable(why: string): EndpointError {
  return new EndpointError(`could not find the gateway because ${why}`);
}
