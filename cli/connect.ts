import { type Command, Option } from 'commander';
import { createKubeClient, type KubeClient } from '../src/kube/client.ts';
import { KubeconfigError, personalKubeConfig } from '../src/kube/kubeconfig.ts';
import { Exit, exitCode } from './exit-code.ts';
import type { Io } from './io.ts';

/** The options that `withConnection` adds, as commander reads them. */
export interface ConnectionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
}

export interface Connection {
  /** Its calls end at Ctrl-C. */
  readonly client: KubeClient;
  /** The name of the context. */
  readonly context: string;
  /** What was asked for, else the context's own, else `default`. */
  readonly namespace: string;
  /** What a list is limited to: the namespace, or undefined with --all-namespaces. */
  readonly listed: string | undefined;
}

/** Adds kubectl's own options for choosing a cluster. `lists`: whether the command looks at many, so that -A means something. */
export function withConnection(
  command: Command,
  { lists = true }: { readonly lists?: boolean } = {},
): Command {
  command
    .option('--kubeconfig <file>', 'kubeconfig file (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('-n, --namespace <name>', "namespace (default: the context's own)");
  if (lists)
    command.addOption(new Option('-A, --all-namespaces', 'look in all namespaces').conflicts('namespace'));
  return command;
}

/**
 * The cluster that the options name. Nothing is sent yet.
 *
 * @throws Exit when there is no such kubeconfig or context
 */
export function connect(io: Io, options: ConnectionOptions): Connection {
  try {
    const { kubeconfig: path, context } = options;
    const kubeConfig = personalKubeConfig({ path, context });
    const own = kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace;
    const namespace = options.namespace ?? own ?? 'default';
    return {
      client: createKubeClient({ kubeConfig }).within({ signal: io.signal }),
      context: kubeConfig.getCurrentContext(),
      namespace,
      listed: options.allNamespaces === true ? undefined : namespace,
    };
  } catch (error) {
    if (error instanceof KubeconfigError) throw new Exit(exitCode.failed, error.message, { cause: error });
    throw error;
  }
}
