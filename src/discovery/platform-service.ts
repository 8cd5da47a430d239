import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/resource.ts';

interface Service extends KubeObject {
  readonly spec: { readonly ports?: readonly { readonly name?: string; readonly port: number }[] };
}

const serviceType = { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true };
const instanceLabel = 'app.kubernetes.io/instance';

/** The longest name of a Helm release. */
const maxRelease = 53;

/** The port of the management API where none is called `rest`. */
export const defaultPort = 9090;

export type ServiceFound =
  { readonly name: string; readonly port: number; readonly fault?: never } | { readonly fault: string };

/**
 * The Service that the platform's own installation puts in front of a gateway, by the labels of its Helm release,
 * `<name>-gateway`. One that is too long is cut by the platform's operator, and ends in a hash that only it knows.
 */
export async function findPlatformService(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  client: Pick<KubeClient, 'list'>,
): Promise<ServiceFound> {
  const release = `${name}-gateway`;
  const isCut = release.length > maxRelease;
  const component = 'app.kubernetes.io/component=controller';
  const labelSelector = isCut ? component : `${instanceLabel}=${release},${component}`;
  const { items } = await client.list<Service>(serviceType, { namespace, labelSelector });
  const found = items
    .filter(({ metadata }) => !isCut || mayBe(release, metadata.labels?.[instanceLabel] ?? ''))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const [service, second] = found;
  if (service === undefined) {
    const labels = isCut ? `${component} and, for ${instanceLabel}, ${release} cut to a hash` : labelSelector;
    return { fault: `it has no spec.management, and no Service in ${namespace} has the labels ${labels}` };
  }
  if (isCut && second !== undefined) {
    const names = found.map(({ metadata }) => metadata.name).join(' or ');
    return { fault: `its Service in ${namespace} may be ${names}; spec.management says which` };
  }
  const ports = service.spec.ports ?? [];
  const port = ports.find((one) => one.name === 'rest') ?? ports.find((one) => one.port === defaultPort);
  return port === undefined
    ? { fault: `Service ${service.metadata.name} has no port called rest and none ${defaultPort}` }
    : { name: service.metadata.name, port: port.port };
}

/** Whether a release name is a longer one that was cut. */
function mayBe(release: string, cut: string): boolean {
  const [, start] = /^(.+)-[0-9a-f]{5,40}$/.exec(cut) ?? [];
  return start !== undefined && cut.length <= maxRelease && release.startsWith(start);
}
