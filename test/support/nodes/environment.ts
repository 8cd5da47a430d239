import { fieldOf } from './downward.ts';
import type { ContainerSpec, DataObject, EnvVar, Pod } from './pod.ts';

/** What the API server holds under a name; undefined where there is nothing. */
export interface Sources {
  secret(name: string): Promise<DataObject | undefined>;
  configMap(name: string): Promise<DataObject | undefined>;
}

/** A container can't start as it is described now; the reason is one of the kubelet's. */
export class CannotStart extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The environment of a container: what the image and the cluster give, then `envFrom`, then `env`, later ones winning. */
export async function environmentOf(
  pod: Pod,
  container: ContainerSpec,
  given: Readonly<Record<string, string>>,
  sources: Sources,
): Promise<Readonly<Record<string, string>>> {
  const env: Record<string, string> = { ...given };
  for (const { prefix = '', secretRef, configMapRef } of container.envFrom ?? []) {
    const ref = secretRef ?? configMapRef;
    if (ref === undefined) continue;
    const object = await (secretRef ? sources.secret(ref.name) : sources.configMap(ref.name));
    if (object === undefined && ref.optional !== true) throw missing(`${ref.name} of envFrom is not there`);
    for (const [name, value] of Object.entries(textOf(object, secretRef !== undefined)))
      env[prefix + name] = value;
  }
  for (const entry of container.env ?? []) {
    const value = await valueOf(pod, entry, sources);
    if (value !== undefined) env[entry.name] = expanded(value, env);
  }
  return env;
}

/** `$(NAME)` stands for a variable that is set; `$$(NAME)` for itself without the first `$`. */
export function expanded(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(\$)?\(([^)\s]+)\)/g, (whole, escaped: string | undefined, name: string) =>
    escaped === undefined ? (env[name] ?? whole) : whole.slice(1),
  );
}

async function valueOf(pod: Pod, entry: EnvVar, sources: Sources): Promise<string | undefined> {
  const { fieldRef, secretKeyRef, configMapKeyRef } = entry.valueFrom ?? {};
  if (fieldRef !== undefined) return fieldOf(pod, fieldRef.fieldPath);
  const ref = secretKeyRef ?? configMapKeyRef;
  if (ref === undefined) return entry.value ?? '';
  const object = await (secretKeyRef ? sources.secret(ref.name) : sources.configMap(ref.name));
  const value = textOf(object, secretKeyRef !== undefined)[ref.key];
  if (value === undefined && ref.optional !== true)
    throw missing(`there is no key ${ref.key} in ${ref.name}, for ${entry.name}`);
  return value;
}

function missing(message: string): CannotStart {
  return new CannotStart('CreateContainerConfigError', message);
}

function textOf(object: DataObject | undefined, isSecret: boolean): Readonly<Record<string, string>> {
  const data = object?.data ?? {};
  if (!isSecret) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]),
  );
}
