import type { KubeClient } from '../../src/kube/client.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import { group } from '../../src/model/generation.ts';
import { titleOf, type Target } from './targets.ts';

/** An annotation as it is to be; null: it is to go. */
export interface Wish {
  readonly key: string;
  readonly value: string | null;
}

/** Under which the API server notes who changed the annotation. */
const fieldManager = 'portcullis-cli';

/**
 * Changes one annotation and nothing else, unless it is as wished already. Gives the line that says what was and what is.
 */
export async function set(
  client: KubeClient,
  target: Target,
  object: BareObject,
  { key, value }: Wish,
  dryRun: boolean,
): Promise<string> {
  const was = object.metadata.annotations?.[key];
  const name = key.replace(`${group}/`, '');
  if ((was ?? null) === value)
    return `${titleOf(target)}: ${name} ${value === null ? 'is not set' : `is ${value}`} already`;
  await client.mergePatch<BareObject>(
    target.type,
    target.namespace,
    target.name,
    { metadata: { annotations: { [key]: value } } },
    { fieldManager, dryRun },
  );
  const is = value ?? 'not set any more';
  return `${titleOf(target)}: ${name} ${dryRun ? 'would be' : 'is'} ${is} (${was === undefined ? 'was not set' : `was ${was}`})`;
}
