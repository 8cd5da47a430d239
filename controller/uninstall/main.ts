import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import { createKubeClient, loadKubeConfig } from '../../src/kube/client.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { runMain } from '../../src/runtime/lifetime.ts';
import { describeSettings, readSettings } from '../../src/runtime/settings.ts';
import { uninstallSettings } from './settings.ts';
import { uninstall } from './uninstall.ts';

const help = `Prepares a cluster for Portcullis being taken out: the webhook configurations go, and nothing of ours keeps a
resource from being deleted any more. Helm runs it before a release is uninstalled. May be run again at any time. It
takes no arguments; it is told everything by its environment:

${describeSettings(uninstallSettings)}
Examples:
  PORTCULLIS_NAMESPACE=portcullis-system node controller/uninstall/main.ts
  PORTCULLIS_NAMESPACE=portcullis-system PORTCULLIS_UNINSTALL_RESOURCES=delete \\
    PORTCULLIS_UNINSTALL_TIMEOUT=10m node controller/uninstall/main.ts

Exit status: 0 when nothing of ours holds anything any more, 1 when something could not be done, 2 when a setting is wrong.
`;

async function main(signal: AbortSignal): Promise<void> {
  const settings = readSettings(process.env, uninstallSettings);
  const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: settings.kubeconfig }) });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  await uninstall(
    settings,
    { client: client.within({ signal }), table, gatewayKind, clock: systemClock, say },
    signal,
  );
}

if (process.argv.includes('--help') || process.argv.includes('-h')) process.stdout.write(help);
else runMain('uninstall', main);
