import type { KubeClient } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import type { StoredSecret } from '../../../certs/secret.ts';

/** An API server that knows of one Secret, and lets nobody overwrite what he has not seen. */
export class OneSecret {
  stored: StoredSecret | undefined;
  /** All that was ever stored. */
  readonly history: StoredSecret[] = [];

  get client(): KubeClient {
    const known: Pick<KubeClient, 'get' | 'create' | 'replace'> = {
      get: async <T>() => {
        await turn();
        return this.stored as T | undefined;
      },
      create: async <T>(_type: unknown, object: T) => {
        await turn();
        if (this.stored !== undefined) throw failed('AlreadyExists', 'exists');
        return this.#store(object);
      },
      replace: async <T>(_type: unknown, object: T) => {
        await turn();
        const seen = (object as StoredSecret).metadata.resourceVersion;
        if (seen !== this.stored?.metadata.resourceVersion) throw failed('Conflict', 'conflict');
        return this.#store(object);
      },
    };
    return known as KubeClient;
  }

  #store<T>(object: T): T {
    const secret = object as StoredSecret;
    const resourceVersion = String(this.history.length + 1);
    this.stored = { ...secret, metadata: { ...secret.metadata, resourceVersion } };
    this.history.push(this.stored);
    return this.stored as T;
  }
}

function failed(reason: string, means: 'exists' | 'conflict'): KubeError {
  return new KubeError(`could not write because of ${reason}`, { status: 409, reason, means });
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
