import { kubectl } from './cluster/shared.ts';
import { crdFolder } from './root.ts';

let installed: Promise<void> | undefined;

/** Puts the generated CRDs into the shared cluster, once, and waits until they are served. */
export function installCrds(): Promise<void> {
  installed ??= (async () => {
    await kubectl(['apply', '--server-side', '-f', crdFolder]);
    await kubectl([
      'wait',
      '--for=condition=Established',
      'crd',
      '-l',
      'app.kubernetes.io/part-of=portcullis',
      '--timeout=60s',
    ]);
  })();
  return installed;
}
