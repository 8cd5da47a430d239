import type { KubeClient } from '../../src/kube/client.ts';
import { mutatingConfigurationType, validatingConfigurationType } from '../../src/kube/core-types.ts';
import { partOfLabel, partOfUs } from '../../src/model/annotations.ts';

interface Names {
  readonly validatingConfiguration: string;
  readonly mutatingConfiguration: string;
}

interface Dependencies {
  readonly client: Pick<KubeClient, 'get' | 'delete'>;
  readonly say: (line: string) => void;
}

/** Deletes both webhook configurations, if they are ours: the API server must ask nobody who is about to go. */
export async function removeConfigurations(names: Names, { client, say }: Dependencies): Promise<void> {
  for (const [type, name] of [
    [validatingConfigurationType, names.validatingConfiguration],
    [mutatingConfigurationType, names.mutatingConfiguration],
  ] as const) {
    const title = `${type.kind} ${name}`;
    const stored = await client.get(type, undefined, name);
    if (stored === undefined) say(`${title} is not there`);
    else if (stored.metadata.labels?.[partOfLabel] !== partOfUs)
      say(`${title} is left: it does not bear the label ${partOfLabel}=${partOfUs}, so it is not ours`);
    else {
      const { uid } = stored.metadata;
      await client.delete(type, undefined, name, uid === undefined ? {} : { uid });
      say(`${title} is deleted`);
    }
  }
}
