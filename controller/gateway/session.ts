import { createHash } from 'node:crypto';
import { authorization, type Endpoint } from '../../src/gateway/endpoint.ts';
import { GatewayError } from '../../src/gateway/gateway-error.ts';
import { detectGeneration } from '../../src/gateway/generation.ts';
import { ManagementClient } from '../../src/gateway/management-client.ts';
import { type Answered, Transport } from '../../src/gateway/transport.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { Generation } from '../../src/model/generation.ts';
import type { Tenure } from '../../src/runtime/tenure.ts';
import type { Reach } from '../binding/provide.ts';
import type { StoredGateway } from '../cluster/stored.ts';
import {
  EndpointError,
  findEndpoint,
  type EndpointOptions,
  type EndpointSteps,
} from '../../src/discovery/find-endpoint.ts';

interface Connection {
  readonly digest: string;
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly client: ManagementClient;
}

interface SessionOptions extends EndpointOptions {
  /** This replica: the gateway's log shows who wrote. */
  readonly identity: string;
}

interface SessionSteps extends EndpointSteps {
  /** Told of every call. */
  answered?(call: Answered): void;
}

/** The connection to one gateway: where it is, with which credentials, of which generation; or why there is none. */
export class Session {
  readonly #options: SessionOptions;
  readonly #steps: SessionSteps;
  #connection: Connection | undefined;
  #problem: string | undefined = 'it has not been reached yet';
  #lostAt: Date | undefined;

  constructor(options: SessionOptions, steps: SessionSteps) {
    this.#options = options;
    this.#steps = steps;
  }

  /** How the gateway is reached by one who only reads. */
  get reach(): Reach {
    if (this.#problem !== undefined || this.#connection === undefined)
      return { problem: this.#problem ?? '', since: this.#lostAt };
    const { client, endpoint } = this.#connection;
    const { credentials } = endpoint;
    return { client, user: credentials.by === 'basic' ? credentials.username : undefined };
  }

  /** The same, for one who writes there while the tenure lasts. */
  reachUnder(tenure: Tenure): Reach {
    const { reach } = this;
    return reach.client === undefined ? reach : { ...reach, client: reach.client.under(tenure) };
  }

  /** Where the management API is, and what it is spoken to with; undefined before it was reached. */
  get endpoint(): Endpoint | undefined {
    return this.#connection?.endpoint;
  }

  /** Of the gateway that was reached last; another one may stand at its address by now. */
  get generation(): Generation | undefined {
    return this.#connection?.client.generation;
  }

  /**
   * Looks up endpoint and credentials anew, asks for the generation, and connects anew where any of them has changed.
   *
   * @throws GatewayError, EndpointError or KubeError where there is no way to the gateway; `reach` says why from then on
   */
  async connect(gateway: StoredGateway, signal: AbortSignal): Promise<ManagementClient> {
    const endpoint = await findEndpoint(gateway, this.#options, this.#steps);
    const transport = this.#transportFor(endpoint);
    try {
      const wanted = gateway.spec?.management?.apiVersion ?? 'Auto';
      const generation = wanted === 'Auto' ? await detectGeneration(transport, signal) : wanted;
      return await this.#use(endpoint, transport, generation);
    } catch (error) {
      if (transport !== this.#connection?.transport) await transport.close();
      throw error;
    }
  }

  /** There is no way to the gateway, and this is why; `at` counts where there was one before, or we don't know. */
  lose(error: unknown, at: Date): void {
    this.#lostAt ??= at;
    const known = error instanceof GatewayError || error instanceof EndpointError || isKubeError(error);
    this.#problem = known ? error.message : 'could not look up how the gateway is reached';
  }

  async close(): Promise<void> {
    await this.#connection?.transport.close();
  }

  #transportFor(endpoint: Endpoint): Transport {
    const known = this.#connection;
    if (known?.digest === digestOf(endpoint)) return known.transport;
    const userAgent = `portcullis-controller/${this.#options.identity}`;
    return new Transport({ endpoint, userAgent, answered: (call) => this.#steps.answered?.(call) });
  }

  async #use(endpoint: Endpoint, transport: Transport, generation: Generation): Promise<ManagementClient> {
    const before = this.#connection;
    this.#problem = undefined;
    this.#lostAt = undefined;
    if (before?.transport === transport && before.client.generation === generation) return before.client;
    const client = new ManagementClient({ generation }, { transport });
    this.#connection = { digest: digestOf(endpoint), endpoint, transport, client };
    if (before !== undefined && before.transport !== transport) await before.transport.close();
    return client;
  }
}

/** Changes with everything that a connection is made of; kept in memory only. */
function digestOf({ url, credentials, tls, maxConcurrency }: Endpoint): string {
  const key = tls.clientCertificate?.key.reveal();
  const parts = [url.href, authorization(credentials), tls.ca, tls.clientCertificate?.certificate, key];
  return createHash('sha256')
    .update(JSON.stringify([...parts, tls.insecureSkipVerify, maxConcurrency]))
    .digest('hex');
}
