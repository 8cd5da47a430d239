import { deploymentType } from '../../src/kube/core-types.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { KubeObject } from '../../src/kube/resource.ts';
import { partOfLabel, partOfUs } from '../../src/model/annotations.ts';
import { doubtful, good, wrong, type Check, type Finding } from './finding.ts';

interface DeploymentSpec {
  readonly replicas?: number;
  readonly template: { readonly spec: { readonly serviceAccountName?: string } };
}

interface DeploymentStatus {
  readonly readyReplicas?: number;
}

export type Deployment = KubeObject<DeploymentSpec, DeploymentStatus>;

const componentLabel = 'app.kubernetes.io/component';
const versionLabel = 'app.kubernetes.io/version';

/** The Deployments of the chart, with what each is for. */
export async function deploymentsOf(
  client: Pick<KubeClient, 'list'>,
): Promise<readonly { readonly component: string; readonly deployment: Deployment }[]> {
  const { items } = await client.list<Deployment>(deploymentType, {
    labelSelector: `${partOfLabel}=${partOfUs}`,
  });
  return items.map((deployment) => ({
    component: deployment.metadata.labels?.[componentLabel] ?? '',
    deployment,
  }));
}

/** Whether the processes run, and are of one version with this command. */
export const processes: Check = {
  name: 'processes',
  run: async ({ client, version }) => {
    const found = await deploymentsOf(client);
    if (found.length === 0) {
      const cure = 'helm install it; where it runs outside the cluster this can not be told';
      return [{ severity: 'unknown', what: 'there is no Deployment of Portcullis', cure }];
    }
    return found.map(({ deployment }) => judged(deployment, version));
  },
};

function judged({ metadata, spec, status }: Deployment, version: string): Finding {
  const title = `Deployment ${metadata.namespace ?? ''}/${metadata.name}`;
  const { replicas = 1 } = spec;
  const { readyReplicas = 0 } = status ?? {};
  const runs = metadata.labels?.[versionLabel];
  if (readyReplicas === 0)
    return wrong(
      `${title}: none of ${replicas} replicas is ready`,
      'kubectl describe its Pods; /readyz says what each waits for',
    );
  if (readyReplicas < replicas)
    return doubtful(
      `${title}: ${readyReplicas} of ${replicas} replicas are ready`,
      'kubectl describe its Pods',
    );
  if (runs !== undefined && runs !== version)
    return doubtful(
      `${title} is of version ${runs}, this command of ${version}`,
      'use the command of the version that runs; docs/versions.md says what goes with what',
    );
  return good(
    `${title}: ${readyReplicas} of ${replicas} replicas are ready${runs === undefined ? '' : `, version ${runs}`}`,
  );
}
