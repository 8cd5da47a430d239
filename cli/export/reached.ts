import { readFileSync } from 'node:fs';
import { findEndpoint, EndpointError } from '../../src/discovery/find-endpoint.ts';
import type { Credentials, Endpoint } from '../../src/gateway/endpoint.ts';
import { gatewayKind, type GatewaySpec } from '../../src/kinds/api-gateway.ts';
import { customType } from '../../src/kube/core-types.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import { ValueReader } from '../../src/kube/value-reader.ts';
import { isLoopback, plainHost } from '../../src/model/host.ts';
import { Sensitive } from '../../src/runtime/sensitive.ts';
import { connect } from '../connect.ts';
import { Exit, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { ExportOptions } from './options.ts';

interface StoredGateway extends BareObject {
  readonly metadata: BareObject['metadata'] & { readonly namespace: string };
  readonly spec?: GatewaySpec;
}

export interface Reached {
  readonly endpoint: Endpoint;
  readonly apiVersion: 'Auto' | 'v0.9' | 'v1';
}

const maxConcurrency = 8;

/**
 * Where the gateway is and how it is signed in to: by the command line alone for a URL; by its APIGateway, with what the
 * person may read in the cluster, for a name. What the command line says counts in any case.
 */
export async function reachedBy(io: Io, gateway: string, options: ExportOptions): Promise<Reached> {
  const given = credentialsFrom(io, options);
  const url = gateway.includes('://') ? gateway : undefined;
  if (url === undefined) return await byName(io, gateway, given, options);
  const endpoint = { url: parsed(url, '--gateway'), credentials: given ?? { by: 'none' as const } };
  return {
    apiVersion: options.apiVersion,
    endpoint: warned(io, { ...endpoint, tls: tlsFrom(options), maxConcurrency }),
  };
}

async function byName(
  io: Io,
  gateway: string,
  given: Credentials | undefined,
  options: ExportOptions,
): Promise<Reached> {
  const { client, namespace: own } = connect(io, options);
  const [name = '', namespace = own] = gateway.split('/').toReversed();
  const found = await client.get<StoredGateway>(customType(gatewayKind), namespace, name);
  if (found === undefined)
    throw new Exit(
      exitCode.failed,
      `there is no ${gatewayKind.kind} ${namespace}/${name}; kubectl get apigateways -A lists them`,
    );
  const { management } = found.spec ?? {};
  const tls = tlsFrom(options);
  const apiVersion = options.apiVersion === 'Auto' ? (management?.apiVersion ?? 'Auto') : options.apiVersion;
  try {
    const endpoint = await findEndpoint(
      found,
      { clusterDomain: 'cluster.local', allowLoopback: true, defaultCredentials: false },
      { client, values: new ValueReader({ client, clock: io.clock }) },
    );
    const url = options.address === undefined ? endpoint.url : parsed(options.address, '--address');
    const credentials = given ?? endpoint.credentials;
    return {
      apiVersion,
      endpoint: warned(io, { ...endpoint, url, credentials, tls: { ...endpoint.tls, ...tls } }),
    };
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    throw new Exit(exitCode.failed, `${error.message}; or give --gateway its URL`);
  }
}

/** The password never stands on a command line, where every user of the machine may read it. */
function credentialsFrom(
  { env }: Pick<Io, 'env'>,
  { user, passwordFile, tokenFile }: ExportOptions,
): Credentials | undefined {
  if (tokenFile !== undefined) return { by: 'bearer', token: new Sensitive(contentOf(tokenFile).trim()) };
  if (user === undefined) {
    if (passwordFile === undefined) return undefined;
    throw new Exit(exitCode.usage, '--password-file goes with --user');
  }
  const password =
    passwordFile === undefined
      ? env.PORTCULLIS_GATEWAY_PASSWORD
      : contentOf(passwordFile).replace(/\r?\n$/, '');
  if (password === undefined)
    throw new Exit(
      exitCode.usage,
      '--user wants --password-file, or PORTCULLIS_GATEWAY_PASSWORD in the environment',
    );
  return { by: 'basic', username: user, password: new Sensitive(password) };
}

function tlsFrom({ caFile, insecureSkipVerify }: ExportOptions): Endpoint['tls'] {
  return {
    ...(caFile === undefined ? {} : { ca: contentOf(caFile) }),
    ...(insecureSkipVerify === true ? { insecureSkipVerify } : {}),
  };
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'of it';
    throw new Exit(exitCode.failed, `could not read ${file} because of ${why}`, { cause: error });
  }
}

function parsed(text: string, option: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.host === '')
    throw new Exit(exitCode.usage, `${option} must be an http or https URL`);
  if (url.username !== '' || url.password !== '')
    throw new Exit(
      exitCode.usage,
      `${option} must not hold user or password; use --user and --password-file`,
    );
  return url;
}

function warned(io: Io, endpoint: Endpoint): Endpoint {
  const { url, credentials, tls } = endpoint;
  const isFar = !isLoopback(plainHost(url.hostname));
  if (isFar && credentials.by !== 'none' && url.protocol === 'http:')
    io.err(`warning: credentials go to ${url.host} over plain HTTP\n`);
  if (tls.insecureSkipVerify === true) io.err(`warning: the certificate of ${url.host} is not verified\n`);
  return endpoint;
}
