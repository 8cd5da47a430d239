import { KubeConfig } from '@kubernetes/client-node';
import { didYouMean } from '../model/nearest.ts';
import { errorText } from '../runtime/describe-error.ts';

/** Why no cluster can be found; the message says what to do. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/** What client-node falls back to where it finds nothing. */
const nowhere = 'http://localhost:8080';

/**
 * The cluster that a person means, as kubectl finds it: the file at `path` if one is named, else `KUBECONFIG` (several
 * files are read as one), else `~/.kube/config`, else the service account of the Pod that we run in; and there the
 * context that is named, or the current one.
 *
 * @throws KubeconfigError
 */
export function personalKubeConfig({
  path,
  context,
}: {
  readonly path?: string | undefined;
  readonly context?: string | undefined;
}): KubeConfig {
  const kubeConfig = new KubeConfig();
  try {
    if (path === undefined) kubeConfig.loadFromDefault();
    else kubeConfig.loadFromFile(path);
  } catch (error) {
    const what = path === undefined ? 'the kubeconfig' : `the kubeconfig ${path}`;
    throw new KubeconfigError(`could not read ${what} because ${errorText(error)}`, { cause: error });
  }
  const names = kubeConfig.getContexts().map(({ name }) => name);
  if (context !== undefined) {
    if (!names.includes(context))
      throw new KubeconfigError(
        `the kubeconfig has no context ${JSON.stringify(context)}; ${instead(context, names)}`,
      );
    kubeConfig.setCurrentContext(context);
  }
  const cluster = kubeConfig.getCurrentCluster();
  if (path === undefined && cluster?.server === nowhere && names.join() === 'loaded-context')
    throw new KubeconfigError('there is no kubeconfig; name one by --kubeconfig or KUBECONFIG');
  if (cluster === null) {
    const current = kubeConfig.getCurrentContext();
    const fault = current
      ? `of the context ${JSON.stringify(current)} names no cluster`
      : 'has no current context';
    throw new KubeconfigError(`the kubeconfig ${fault}; ${instead(current, names)}`);
  }
  return kubeConfig;
}

function instead(word: string, names: readonly string[]): string {
  if (names.length === 0) return 'there is none in it';
  return didYouMean(word, names) ?? `--context names one of ${names.join(', ')}`;
}
