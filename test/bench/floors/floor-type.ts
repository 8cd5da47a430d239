import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { crdFolder } from '../../support/root.ts';
import { succeed } from '../../support/installation.ts';
import type { ResourceType } from '../../../src/kube/resource.ts';
import { apiType } from '../resources.ts';
import type { Scene } from '../scene.ts';
import type { Floor } from './floor.ts';

interface Definition {
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The same kind under a group of its own, which our processes don't know; reviewed by nobody, or by who allows all. */
export async function installType(
  { cluster }: Pick<Scene, 'cluster'>,
  type: ResourceType,
  reviewers?: Floor,
): Promise<void> {
  const file = join(crdFolder, `${apiType.plural}.yaml`);
  const { spec } = parse(readFileSync(file, 'utf8')) as Definition;
  const name = `${type.plural}.${type.group}`;
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: { ...spec, group: type.group },
  };
  const objects = [definition, ...(reviewers === undefined ? [] : configurations(type, reviewers))];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await succeed(cluster, ['apply', '--server-side', '-f', '-'], list);
  await succeed(cluster, ['wait', '--for=condition=Established', `crd/${name}`, '--timeout=60s']);
}

function configurations({ group, plural }: ResourceType, { url, caBundle }: Floor): readonly object[] {
  return ['Validating', 'Mutating'].map((sort) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${sort}WebhookConfiguration`,
    metadata: { name: group },
    webhooks: [
      {
        name: `${sort.toLowerCase()}.${group}`,
        admissionReviewVersions: ['v1'],
        clientConfig: { url: `${url}/${sort.toLowerCase()}`, caBundle },
        rules: [
          {
            apiGroups: [group],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: [plural],
            scope: 'Namespaced',
          },
        ],
        failurePolicy: 'Fail',
        sideEffects: 'None',
        timeoutSeconds: 5,
      },
    ],
  }));
}
