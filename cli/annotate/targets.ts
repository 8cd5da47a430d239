import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { customType, namespaceType } from '../../src/kube/core-types.ts';
import type { BareObject, ResourceType } from '../../src/kube/resource.ts';
import { resourcesNamed } from '../cluster/kind-named.ts';
import { Exit, exitCode } from '../exit-code.ts';

/** An object whose annotations are changed: a resource, an APIGateway or a namespace. */
export interface Target {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface TargetOptions {
  readonly gateway?: string;
  readonly namespaceWide?: boolean;
}

/**
 * What is named on the command line: resources, or a gateway with all that it takes, or a namespace with all in it.
 *
 * @throws Exit where nothing is, or more than one of these
 */
export function targetsOf(
  words: readonly string[],
  { gateway, namespaceWide = false }: TargetOptions,
  namespace: string,
): readonly Target[] {
  const ways = [words.length > 0, gateway !== undefined, namespaceWide].filter(Boolean).length;
  if (ways !== 1)
    throw new Exit(
      exitCode.usage,
      'name resources (restapi/books), or --gateway, or --namespace-wide: one of the three',
    );
  if (gateway !== undefined) return [gatewayTarget(gateway, namespace)];
  if (namespaceWide) return [{ type: namespaceType, namespace: undefined, name: namespace }];
  return resourcesNamed(words).map(({ row, name }) => ({ type: customType(row), namespace, name }));
}

function gatewayTarget(text: string, namespace: string): Target {
  const [first = '', second, ...more] = text.split('/');
  if (first === '' || second === '' || more.length > 0)
    throw new Exit(exitCode.usage, `${JSON.stringify(text)} is no gateway; write NAME or NAMESPACE/NAME`);
  const type = customType(gatewayKind);
  return second === undefined ? { type, namespace, name: first } : { type, namespace: first, name: second };
}

/** `Namespace shop`, or the kind with namespace and name where there is one. */
export function titleOf({ type, namespace, name }: Target): string {
  return `${type.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** @throws Exit where there is no such object */
export async function readTarget(client: KubeClient, target: Target): Promise<BareObject> {
  const { type, namespace, name } = target;
  const found = await client.get<BareObject>(type, namespace, name);
  if (found === undefined) throw new Exit(exitCode.failed, `there is no ${titleOf(target)}`);
  return found;
}
