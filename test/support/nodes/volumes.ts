import { fieldOf } from './downward.ts';
import { CannotStart, type Sources } from './environment.ts';
import type { DataObject, Items, Pod, Volume, VolumeSource } from './pod.ts';

/** Paths within the volume, and what stands there. */
export type Files = Readonly<Record<string, Buffer>>;

export interface VolumeSources extends Sources {
  token(source: NonNullable<VolumeSource['serviceAccountToken']>): Promise<string>;
}

/** What a volume shows now; undefined for one that the Pod fills itself. Fails while something that it names is not there. */
export async function filesOf(pod: Pod, volume: Volume, sources: VolumeSources): Promise<Files | undefined> {
  if (volume.emptyDir !== undefined) return undefined;
  const all = volume.projected?.sources ?? [volume];
  const parts = await Promise.all(all.map((source) => filesOfSource(pod, source, sources)));
  return Object.assign({}, ...parts) as Files;
}

/** Whether the volume shows this Secret or ConfigMap. */
export function shows(volume: Volume, kind: string, name: string): boolean {
  return [volume, ...(volume.projected?.sources ?? [])].some(({ secret, configMap }) =>
    kind === 'Secret' ? (secret?.secretName ?? secret?.name) === name : configMap?.name === name,
  );
}

async function filesOfSource(pod: Pod, source: VolumeSource, sources: VolumeSources): Promise<Files> {
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  if (secret !== undefined) {
    const name = secret.secretName ?? secret.name ?? '';
    return picked(await sources.secret(name), secret, `Secret ${name}`, 'base64');
  }
  if (configMap !== undefined) {
    const object = await sources.configMap(configMap.name);
    return picked(object, configMap, `ConfigMap ${configMap.name}`, 'utf8');
  }
  if (serviceAccountToken !== undefined)
    return { [serviceAccountToken.path]: Buffer.from(await sources.token(serviceAccountToken)) };
  return Object.fromEntries(
    (downwardAPI?.items ?? []).map(({ path, fieldRef }) => [
      path,
      Buffer.from(fieldOf(pod, fieldRef.fieldPath)),
    ]),
  );
}

function picked(
  object: DataObject | undefined,
  { items, optional }: Items,
  title: string,
  encoding: 'base64' | 'utf8',
): Files {
  if (object === undefined) {
    if (optional === true) return {};
    throw new CannotStart('ContainerCreating', `${title} is not there`);
  }
  const all = {
    ...mapped(object.data, (value) => Buffer.from(value, encoding)),
    ...mapped(object.binaryData, (value) => Buffer.from(value, 'base64')),
  };
  if (items === undefined) return all;
  const chosen = items.map(({ key, path }) => [path, all[key]] as const);
  const absent = items.find(({ key }) => all[key] === undefined);
  if (absent !== undefined && optional !== true)
    throw new CannotStart('ContainerCreating', `${title} has no key ${absent.key}`);
  return Object.fromEntries(chosen.filter((one): one is [string, Buffer] => one[1] !== undefined));
}

function mapped(
  data: Readonly<Record<string, string>> = {},
  decode: (value: string) => Buffer,
): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, decode(value)]));
}
