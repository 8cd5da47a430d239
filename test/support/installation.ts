import { plurals } from '../../src/manifests/plurals.ts';
import { packPolicies } from '../../crds/packs.ts';
import { grants, type Grant, type Process } from '../../src/manifests/rbac.ts';
import { webhookConfigurations } from '../../src/manifests/webhooks.ts';
import type { Cluster } from './cluster/cluster.ts';
import { crdFolder } from './root.ts';

/** Portcullis as it is installed: its own namespace, its own users. */
export const home = 'portcullis-system';
/** The name of both webhook configurations. */
export const configuration = 'portcullis';

/** Puts our CRDs into a cluster, over whatever stands there, and waits until they are served. */
export async function installCrdsInto(cluster: Cluster): Promise<void> {
  await succeed(cluster, ['apply', '--server-side', '--force-conflicts', '-f', crdFolder]);
  const ours = ['crd', '-l', 'app.kubernetes.io/part-of=portcullis'];
  await succeed(cluster, ['wait', '--for=condition=Established', ...ours, '--timeout=60s']);
}

/** Puts roles, Service and webhook configurations into a cluster; reviews go to a port on this machine. */
export async function install(cluster: Cluster, webhookPort: number): Promise<void> {
  const place = { namespace: home, service: 'portcullis-webhook', port: webhookPort, name: configuration };
  const metadata = (name: string) => ({ name, namespace: home });
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } },
    // Outside a cluster there are no Pods: the Service leads to this machine, the certificate stays the Service's.
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(place.service),
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: webhookPort }] },
    },
    ...roles(),
    ...webhookConfigurations(place, plurals),
  ];
  await succeed(
    cluster,
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );
}

/** Those that stay; what uninstalls has its rights from helm, for as long as it runs. */
export const processes: readonly Process[] = ['webhook', 'controller'];

/** The roles of both processes as the chart makes them with every option at once, bound to users of the same names. */
function roles(): readonly object[] {
  return processes.flatMap((process) => {
    const name = userOf(process);
    const everywhere = rulesOf(process, ({ scope }) => scope !== 'own');
    const own = rulesOf(process, ({ scope }) => scope === 'own');
    return [
      ...bound({ name }, everywhere, name),
      ...bound({ name: `${name}-own`, namespace: home }, own, name),
    ];
  });
}

/** As whom a process signs in. */
export const userOf = (process: Process): string => `portcullis-${process}`;

/** What a release called portcullis calls what its roles name. */
export const grantNames = {
  configuration,
  certificateSecret: 'portcullis-webhook-certificate',
  controllerDeployment: 'portcullis-controller',
  packs: 'portcullis-packs',
  packPolicies: packPolicies().map(({ metadata }) => metadata.name),
};

/** Some of what a process is granted, as rules. */
export function rulesOf(process: Process, isMeant: (grant: Grant) => boolean): readonly object[] {
  return grants(grantNames, plurals)
    .filter((grant) => grant.process === process && isMeant(grant))
    .flatMap((grant) => grant.rules);
}

/** A role, of the cluster where no namespace is named, and its binding to a user. */
export function bound(
  metadata: { readonly name: string; readonly namespace?: string },
  rules: readonly object[],
  user: string,
): readonly object[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const apiVersion = `${apiGroup}/v1`;
  const kind = metadata.namespace === undefined ? 'ClusterRole' : 'Role';
  return [
    { apiVersion, kind, metadata, rules },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup, kind, name: metadata.name },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    },
  ];
}

/** Runs kubectl as the administrator; an exit status other than 0 is an error that repeats what it said. */
export async function succeed(cluster: Cluster, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectlRun(args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return stdout;
}
