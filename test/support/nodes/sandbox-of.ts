import { CannotStart, environmentOf, expanded } from './environment.ts';
import { imagePath, type Image } from './image.ts';
import type { ContainerSpec, Pod } from './pod.ts';
import type { PodVolumes } from './pod-volumes.ts';
import type { Sandbox } from './sandbox.ts';

export interface SandboxDependencies {
  readonly images: ReadonlyMap<string, Image>;
  readonly etc: string;
  readonly given: (pod: Pod) => Readonly<Record<string, string>>;
  readonly volumes: PodVolumes;
  readonly unknown: readonly string[];
}

/** A container as it is to run. Fails, with a kubelet's reason, while it can't. */
export async function sandboxOf(
  pod: Pod,
  container: ContainerSpec,
  folder: string,
  { images, etc, given, volumes, unknown }: SandboxDependencies,
): Promise<Sandbox> {
  if (unknown.length > 0)
    throw new CannotStart('CreateContainerConfigError', `nobody here knows ${unknown.join(', ')}`);
  const image = images.get(container.image);
  if (image === undefined)
    throw new CannotStart('ErrImagePull', `no folder is known by the name ${container.image}`);
  const security = { ...pod.spec.securityContext, ...container.securityContext };
  const { runAsUser = image.user ?? 0, runAsNonRoot, runAsGroup = 0, fsGroup } = security;
  if (runAsNonRoot === true && runAsUser === 0)
    throw new CannotStart(
      'CreateContainerConfigError',
      'it must not run as root, and no other user is named',
    );
  const given_ = { PATH: imagePath, HOSTNAME: pod.metadata.name, HOME: '/', ...image.env, ...given(pod) };
  const env = await environmentOf(pod, container, given_, volumes.sources(pod));
  const mounts = (container.volumeMounts ?? []).map(async ({ name, mountPath, readOnly }) => ({
    from: await volumes.folderOf(pod, name),
    at: mountPath,
    // What shows Secrets, ConfigMaps and tokens is read-only whatever the Pod says.
    readOnly: readOnly === true || pod.spec.volumes?.find((one) => one.name === name)?.emptyDir === undefined,
  }));
  const command = [...(container.command ?? image.command ?? []), ...(container.args ?? [])];
  return {
    folder,
    hostname: pod.metadata.name,
    app: image.folder,
    etc,
    mounts: await Promise.all(mounts),
    env,
    workingDir: container.workingDir,
    command: command.map((part) => expanded(part, env)),
    user: runAsUser,
    group: runAsGroup,
    groups: fsGroup === undefined ? [] : [fsGroup],
    hasReadOnlyRoot: security.readOnlyRootFilesystem === true,
    mayGainPrivileges: security.allowPrivilegeEscalation !== false,
    keepsCapabilities: security.capabilities?.drop?.includes('ALL') !== true,
  };
}
