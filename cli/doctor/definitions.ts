import { crdOf, type Source } from '../../src/manifests/definition.ts';
import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { reviewPolicyKind } from '../../src/kinds/review-policy.ts';
import { table } from '../../src/kinds/table.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import { doubtful, good, wrong, type Check, type Finding } from './finding.ts';
import { differences } from './differences.ts';

const definitionType: ResourceType = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly schema?: unknown;
}

interface DefinitionSpec {
  readonly versions: readonly Version[];
}

interface DefinitionStatus {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly message?: string;
  }[];
}

type Definition = KubeObject<DefinitionSpec, DefinitionStatus>;

const upgrade = 'upgrade the chart (crds.install), or apply the CRDs of this version';

/** Whether every CRD is there, is served, and has the fields of this version. */
export const definitions: Check = {
  name: 'custom resource definitions',
  run: async ({ client }) => {
    const sources: readonly Source[] = [...table.rows, gatewayKind, reviewPolicyKind];
    const found = await Promise.all(
      sources.map(async (source) => {
        const wanted = crdOf(source) as Definition;
        const { name } = wanted.metadata;
        const is = await client.get<Definition>(definitionType, undefined, name);
        return faultsOf(name, wanted, is);
      }),
    );
    const faults = found.flat();
    return faults.length > 0 ? faults : [good(`all ${sources.length} are those of this version`)];
  },
};

/** So many fields are named. */
const mostNamed = 3;

function faultsOf(name: string, wanted: Definition, is: Definition | undefined): readonly Finding[] {
  if (is === undefined) return [wrong(`${name} is not installed`, upgrade)];
  const established = is.status?.conditions?.find(({ type }) => type === 'Established');
  if (established?.status !== 'True')
    return [
      wrong(
        `${name} is not served: ${established?.message ?? 'not established yet'}`,
        'see kubectl describe crd',
      ),
    ];
  return wanted.spec.versions.flatMap((version) => {
    const there = is.spec.versions.find((one) => one.name === version.name);
    if (!there?.served) return [wrong(`${name} does not serve ${version.name}`, upgrade)];
    const paths = differences(version.schema, there.schema);
    if (paths.length === 0) return [];
    const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : '';
    const what = `${name}, ${version.name}: differs from this version at ${paths.slice(0, mostNamed).join(', ')}${more}`;
    return [doubtful(what, upgrade)];
  });
}
