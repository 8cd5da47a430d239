import { scopeSettings } from '../../src/kube/scope-settings.ts';
import { processSettings } from '../../src/runtime/process-settings.ts';
import { setting } from '../../src/runtime/setting.ts';
import type { SettingsOf } from '../../src/runtime/settings.ts';

/** Everything that the uninstall command can be told, and where. */
export const uninstallSettings = {
  namespace: processSettings.namespace,
  kubeconfig: processSettings.kubeconfig,
  ...scopeSettings,
  validatingConfiguration: setting.string({
    env: 'PORTCULLIS_VALIDATING_CONFIGURATION',
    help: 'ValidatingWebhookConfiguration that goes first',
    default: 'portcullis',
  }),
  mutatingConfiguration: setting.string({
    env: 'PORTCULLIS_MUTATING_CONFIGURATION',
    help: 'MutatingWebhookConfiguration that goes first',
    default: 'portcullis',
  }),
  resources: setting.oneOf({
    env: 'PORTCULLIS_UNINSTALL_RESOURCES',
    help: 'What becomes of the resources: keep only takes our finalizers off, and the gateways go on serving; delete has the controller, which must still run, take everything off the gateways first; the policies of packs go too',
    values: ['keep', 'delete'],
    default: 'keep',
  }),
  policyReports: setting.boolean({
    env: 'PORTCULLIS_POLICY_REPORTS',
    help: 'Whether the controller has kept PolicyReports, which then go too',
    default: false,
  }),
  timeoutMs: setting.durationMs({
    env: 'PORTCULLIS_UNINSTALL_TIMEOUT',
    help: 'How long the controller may take to delete everything; what is left then is released, and stays at its gateways',
    default: 5 * 60_000,
    min: 1000,
  }),
  deployment: setting.string({
    env: 'PORTCULLIS_CONTROLLER_DEPLOYMENT',
    help: 'Deployment of the controller, which is scaled to nothing before finalizers are taken off: it would put them on again',
    default: 'portcullis-controller',
  }),
} as const;

export type UninstallSettings = SettingsOf<typeof uninstallSettings>;
