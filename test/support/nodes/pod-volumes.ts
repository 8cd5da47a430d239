import { join } from 'node:path';
import { configMapType, secretType } from '../../../src/kube/core-types.ts';
import type { Sources } from './environment.ts';
import type { KubeApi } from './kube-api.ts';
import type { Pod } from './pod.ts';
import { makeEmptyFolder, showFiles } from './volume-folder.ts';
import { filesOf, shows } from './volumes.ts';

/** The volumes of one Pod, as folders on this machine. */
export class PodVolumes {
  readonly #folder: string;
  readonly #api: KubeApi;
  readonly #made = new Map<string, Promise<string>>();

  constructor(folder: string, api: KubeApi) {
    this.#folder = folder;
    this.#api = api;
  }

  /** Where what the Pod may read of its namespace is read. */
  sources({ metadata: { namespace } }: Pod): Sources {
    return {
      secret: (name) => this.#api.client.get(secretType, namespace, name),
      configMap: (name) => this.#api.client.get(configMapType, namespace, name),
    };
  }

  /** The folder of a volume, filled. Fails while something that the volume shows is not there. */
  async folderOf(pod: Pod, name: string): Promise<string> {
    const made = this.#made.get(name);
    if (made !== undefined) return await made;
    const making = this.#make(pod, name);
    this.#made.set(name, making);
    try {
      return await making;
    } catch (error) {
      this.#made.delete(name);
      throw error;
    }
  }

  async refresh(pod: Pod, kind: string, name: string): Promise<void> {
    for (const volume of pod.spec.volumes ?? [])
      if (this.#made.has(volume.name) && shows(volume, kind, name)) await this.#make(pod, volume.name);
  }

  async #make(pod: Pod, name: string): Promise<string> {
    const volume = pod.spec.volumes?.find((one) => one.name === name);
    if (volume === undefined) throw new Error(`there is no volume ${name}`);
    const token = (source: Parameters<KubeApi['token']>[1]) => this.#api.token(pod, source);
    const files = await filesOf(pod, volume, { ...this.sources(pod), token });
    const folder = join(this.#folder, name);
    await makeEmptyFolder(folder, pod.spec.securityContext?.fsGroup);
    if (files !== undefined) await showFiles(folder, files);
    return folder;
  }
}
