import type { Setting } from './setting.ts';

/** The settings of a process, by the name under which the code knows them. */
export type Shape = Readonly<Record<string, Setting<unknown>>>;
export type SettingsOf<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

const prefix = 'PORTCULLIS_';

/**
 * What Kubernetes puts into the environment of every Pod for a Service called `portcullis-…`, unless the Pod says
 * `enableServiceLinks: false`. Nobody's mistake.
 */
const serviceLink =
  /_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/;

/** Everything that is wrong with the settings, at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`the settings are not valid:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

/**
 * Reads the settings that `shape` declares. An empty variable counts as absent. Variables that begin with our prefix
 * and are not declared are mistakes too: they are misspelled more often than meant. Settings that are each as they
 * should be may not go together: that is for `together` to say.
 *
 * @throws SettingsError with all mistakes
 */
export function readSettings<S extends Shape>(
  environment: Readonly<Record<string, string | undefined>>,
  shape: S,
  together: (settings: SettingsOf<S>) => readonly string[] = () => [],
): SettingsOf<S> {
  const mistakes: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(shape)) {
    const text = environment[setting.env] ?? '';
    if (text !== '') {
      values[key] = setting.parse(text);
      if (values[key] === undefined)
        mistakes.push(`${setting.env}: must be ${setting.wanted}, got ${shown(setting, text)}`);
    } else if (setting.fallback) values[key] = setting.fallback.value;
    else mistakes.push(`${setting.env}: is required, must be ${setting.wanted} (${setting.help})`);
  }
  if (mistakes.length === 0) mistakes.push(...together(values as SettingsOf<S>));
  mistakes.push(...unknownVariables(environment, shape));
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return values as SettingsOf<S>;
}

/** The settings as `--help` shows them. */
export function describeSettings(shape: Shape): string {
  return Object.values(shape)
    .map(
      (setting) =>
        `  ${setting.env}\n      ${setting.help}\n      ${setting.wanted}; ${defaultText(setting)}\n`,
    )
    .join('');
}

function unknownVariables(environment: Readonly<Record<string, string | undefined>>, shape: Shape): string[] {
  const known = new Set(Object.values(shape).map((setting) => setting.env));
  return Object.keys(environment)
    .filter((name) => name.startsWith(prefix) && !known.has(name) && !serviceLink.test(name))
    .map((name) => `${name}: is not a setting of this process`);
}

function shown(setting: Setting<unknown>, text: string): string {
  if (setting.hidden) return '[sensitive]';
  // The one mistake that nobody would find: a Service called "portcullis" sets PORTCULLIS_PORT.
  const hint = /^(tcp|udp|sctp):\/\//.test(text)
    ? ' (set by Kubernetes for a Service; say enableServiceLinks: false)'
    : '';
  return `${JSON.stringify(text)}${hint}`;
}

function defaultText(setting: Setting<unknown>): string {
  const { fallback, hidden } = setting;
  if (!fallback) return 'required';
  if (fallback.value === undefined) return 'optional';
  return `default: ${hidden ? '[sensitive]' : setting.show(fallback.value) || 'none'}`;
}
