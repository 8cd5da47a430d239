import { holderValues } from '../../src/kube/holder.ts';
import { definitionsIn } from '../../src/policies/definition.ts';
import { PolicyLibrary } from '../../src/policies/library.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { Sorted } from './sort.ts';

/** The policies of gateways whose APIGateway names a ConfigMap that is among the files. */
export function librariesIn({ gateways, holders }: Sorted): (gateway: string) => PolicyLibrary | undefined {
  const libraries = new Map<string, PolicyLibrary>();
  for (const { object } of gateways) {
    const name = definitionsOf(object.spec);
    const holder = holders.find(
      ({ kind, metadata }) =>
        kind === 'ConfigMap' && metadata.name === name && metadata.namespace === object.metadata.namespace,
    );
    const definitions = parsed(holderValues('ConfigMap', holder)?.['policies.json']);
    if (definitions !== undefined) libraries.set(gatewayKey(object.metadata), new PolicyLibrary(definitions));
  }
  return (gateway) => libraries.get(gateway);
}

function definitionsOf(spec: unknown): string | undefined {
  const { management } = (spec ?? {}) as {
    readonly management?: { readonly policyDefinitionsRef?: { readonly name?: string } };
  };
  return management?.policyDefinitionsRef?.name;
}

function parsed(text: string | undefined) {
  if (text === undefined) return undefined;
  try {
    return definitionsIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}
