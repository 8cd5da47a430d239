import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { namespaceType } from '../../src/kube/core-types.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import { annotationFault, namespaceLabelFault } from '../../src/model/annotation-faults.ts';
import { titled } from '../../src/model/resource.ts';
import { doubtful, good, type Check, type Finding } from './finding.ts';

const cure = 'README.md lists the annotations, and what each takes';

/** Whether what people wrote on resources, gateways and namespaces means anything. */
export const words: Check = {
  name: 'annotations and labels',
  run: async ({ client, inventory }) => {
    const { items: namespaces } = await client.list<BareObject>(namespaceType);
    const names = new Set(namespaces.map(({ metadata }) => metadata.name));
    const onResources = [
      ...inventory.resources.map(({ resource }) => ({ title: titled(resource), ...resource.metadata })),
      ...inventory.gateways.map((gateway) => ({
        title: titled({ ...gateway, kind: gatewayKind.kind }),
        ...gateway.metadata,
      })),
      ...namespaces.map(({ metadata }) => ({ title: `Namespace ${metadata.name}`, ...metadata })),
    ].flatMap(({ title, annotations = {} }) =>
      Object.entries(annotations).flatMap(([key, value]): readonly Finding[] => {
        const fault = annotationFault(key, value);
        return fault === undefined ? [] : [doubtful(`${title}: the annotation ${key} ${fault}`, cure)];
      }),
    );
    const onNamespaces = namespaces.flatMap(({ metadata: { name, labels = {} } }) =>
      Object.entries(labels).flatMap(([key, value]): readonly Finding[] => {
        const fault = namespaceLabelFault(key, value, (other) => names.has(other));
        return fault === undefined ? [] : [doubtful(`Namespace ${name}: the label ${key} ${fault}`, cure)];
      }),
    );
    const found = [...onResources, ...onNamespaces];
    return found.length > 0 ? found : [good('all of ours mean something')];
  },
};
