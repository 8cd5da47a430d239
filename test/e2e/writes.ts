import { setTimeout as sleep } from 'node:timers/promises';
import { createKubeClient, loadKubeConfig } from '../../src/kube/client.ts';
import { customType } from '../../src/kube/core-types.ts';
import { table } from '../../src/kinds/table.ts';
import { apiVersionOf } from '../../src/kube/resource.ts';
import { minimal } from '../support/manifests.ts';

/** A steady stream of writes, each of which the webhook has to admit. */
export interface Writes {
  /** Ends the stream; resolves with how many were admitted, and with what was said of those that were not. */
  end(): Promise<{ readonly admitted: number; readonly failures: readonly string[] }>;
}

const pauseMs = 25;
const atOnce = 3;

/** Creates one resource after another, in a few lines at once, without storing any. */
export function startWrites(kubeconfig: string, namespace: string): Writes {
  const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: kubeconfig }) });
  const type = customType(table.get('RestApi'));
  const failures: string[] = [];
  const ending = new AbortController();
  let admitted = 0;
  const line = async (number: number) => {
    for (let turn = 0; !ending.signal.aborted; turn += 1) {
      const metadata = { name: `stream-${number}-${turn}`, namespace };
      const spec = { ...minimal.RestApi, context: `/stream-${number}-${turn}` };
      try {
        await client.create(
          type,
          { apiVersion: apiVersionOf(type), kind: type.kind, metadata, spec } as never,
          { dryRun: true },
        );
        admitted += 1;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      await sleep(pauseMs);
    }
  };
  const lines = Array.from({ length: atOnce }, (_, number) => line(number));
  return {
    async end() {
      ending.abort();
      await Promise.all(lines);
      return { admitted, failures };
    },
  };
}
