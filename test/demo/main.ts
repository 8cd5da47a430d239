import { Command, Option } from 'commander';
import { startCluster } from '../support/cluster/cluster.ts';
import { startStack } from '../support/stack.ts';
import { applyExamples, edit, remove, showRefusals, showState } from './acts.ts';
import { heading, print, step } from './terminal.ts';

interface Flags {
  readonly keep: boolean;
  readonly api: 'v0.9' | 'v1';
  readonly port?: number;
}

const program = new Command('npm run demo --')
  .description(
    'Starts a real Kubernetes API server, a gateway, the webhook and the controller on this machine, and shows what they do.',
  )
  .option('--keep', 'stay up until Ctrl-C at the end, for trying things out', false)
  .addOption(
    new Option('--api <generation>', "the gateway's management API").choices(['v0.9', 'v1']).default('v0.9'),
  )
  .option('--port <port>', 'port of the gateway; its admin port is two higher (default: a free one)', Number)
  .addHelpText(
    'after',
    `
Examples:
  npm run demo                     the whole show, under a minute once the binaries are there
  npm run demo -- --keep           the same, then kubectl is yours
  npm run demo -- --api v1         with a gateway of the newer generation

Exit status: 0 if everything happened as announced, 1 if not.`,
  );

async function demo({ keep, api, port }: Flags, signal: AbortSignal): Promise<void> {
  heading('A control plane, a gateway, the webhook and the controller');
  const cluster = await step('etcd and kube-apiserver', () =>
    startCluster({ controllerManager: true, signal, log: print }),
  );
  try {
    const stack = await startStack({
      cluster,
      api,
      step,
      ...(port === undefined ? {} : { gatewayPort: port }),
    });
    try {
      await applyExamples(cluster, stack, api);
      await showRefusals(cluster);
      await showState(cluster, stack, api);
      await edit(cluster, stack);
      await remove(cluster, stack);
      heading('Everything happened as announced.');
      if (keep) await stay(cluster.kubeconfig, cluster.kubectl, stack, signal);
    } finally {
      await step('everything stops', () => stack.stop());
    }
  } finally {
    await cluster.stop();
  }
}

async function stay(
  kubeconfig: string,
  kubectl: string,
  stack: { readonly gatewayUrl: string; readonly logs: string },
  signal: AbortSignal,
): Promise<void> {
  print(`
In another terminal:

  export KUBECONFIG=${kubeconfig}
  alias kubectl=${kubectl}
  kubectl get portcullis -n shop
  curl -u admin:admin ${stack.gatewayUrl}/rest-apis

Logs: ${stack.logs}. Ctrl-C ends it.`);
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(alive);
}

const asked = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => asked.abort());

try {
  await demo(program.parse().opts<Flags>(), asked.signal);
} catch (error) {
  process.stderr.write(
    `\nThe demo did not go as announced: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}
