import { Sensitive } from './sensitive.ts';

/** One setting: where it is read from, and how its text becomes a value. */
export interface Setting<T> {
  readonly env: string;
  readonly help: string;
  /** What is accepted, as the end of "must be …". */
  readonly wanted: string;
  /** Without a default a setting is required. */
  readonly fallback: { readonly value: T } | undefined;
  /** Hides the value in messages and in the help. */
  readonly hidden: boolean;
  /** The value, or undefined for a text that is not what is wanted. */
  parse(text: string): T | undefined;
  /** The value as it would be written in the environment. */
  show(value: unknown): string;
}

interface Declaration<D> {
  readonly env: string;
  readonly help: string;
  /** Leave it out to make the setting required; `undefined` makes it optional. */
  readonly default?: D;
}

interface Reading<T> {
  readonly wanted: string;
  readonly parse: (text: string) => T | undefined;
  readonly show?: (value: never) => string;
  readonly hidden?: boolean;
}

function declare<T, D>(declaration: Declaration<D>, reading: Reading<T>): Setting<T | D> {
  const { wanted, parse, show = String, hidden = false } = reading;
  const fallback = 'default' in declaration ? { value: declaration.default } : undefined;
  return {
    env: declaration.env,
    help: declaration.help,
    wanted,
    fallback,
    hidden,
    parse,
    show: show,
  };
}

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function milliseconds(text: string): number | undefined {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * units[match[2] as keyof typeof units] : undefined;
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

function inside(value: number | undefined, { min = -Infinity, max = Infinity }: Bounds): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

function between({ min, max }: Bounds, show: (value: number) => string = String): string {
  if (min !== undefined && max !== undefined) return ` from ${show(min)} to ${show(max)}`;
  if (min !== undefined) return ` of at least ${show(min)}`;
  return max === undefined ? '' : ` of at most ${show(max)}`;
}

/** A duration in the largest unit that divides it, as `setting.durationMs` reads it. */
export function durationText(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((name) => ms !== 0 && ms % units[name] === 0) ?? 'ms';
  return `${ms / units[unit]}${unit}`;
}

/** A label as RFC 1123 has it. */
const namespaceName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function textsIn(list: string): readonly string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

const truths: Readonly<Record<string, boolean>> = { true: true, false: false };

/** The kinds of settings there are. */
export const setting = {
  string: <D extends string | undefined = string>(declaration: Declaration<D>): Setting<string | D> =>
    declare(declaration, { wanted: 'a text', parse: (text) => text }),

  /** A text that never shows in a message. */
  sensitive: <D extends Sensitive | undefined = Sensitive>(
    declaration: Declaration<D>,
  ): Setting<Sensitive | D> =>
    declare(declaration, { wanted: 'a text', parse: (text) => new Sensitive(text), hidden: true }),

  integer: <D extends number | undefined = number>(
    declaration: Declaration<D> & Bounds,
  ): Setting<number | D> =>
    declare(declaration, {
      wanted: `a whole number${between(declaration)}`,
      parse: (text) => inside(/^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined, declaration),
    }),

  /** A share such as `20%`; the value is the number before the sign. */
  percent: <D extends number | undefined = number>(declaration: Declaration<D>): Setting<number | D> =>
    declare(declaration, {
      wanted: 'a share from 0% to 100%',
      parse: (text) => inside(/^\d{1,3}%$/.test(text) ? Number(text.slice(0, -1)) : undefined, { max: 100 }),
      show: (value: number) => `${value}%`,
    }),

  boolean: <D extends boolean | undefined = boolean>(declaration: Declaration<D>): Setting<boolean | D> =>
    declare(declaration, { wanted: '"true" or "false"', parse: (text) => truths[text] }),

  oneOf: <const V extends string, D extends V | undefined = V>(
    declaration: Declaration<D> & { readonly values: readonly V[] },
  ): Setting<V | D> =>
    declare(declaration, {
      wanted: `one of ${declaration.values.join(', ')}`,
      parse: (text) => declaration.values.find((value) => value === text),
    }),

  /** Texts separated by commas; blanks around them and empty ones are dropped. */
  list: <D extends readonly string[] | undefined = readonly string[]>(
    declaration: Declaration<D>,
  ): Setting<readonly string[] | D> =>
    declare(declaration, {
      wanted: 'texts separated by commas',
      parse: textsIn,
    }),

  /** Names of namespaces separated by commas, each once; `except` is the name of one that can't be meant. */
  namespaces: <D extends readonly string[] | undefined = readonly string[]>(
    declaration: Declaration<D> & { readonly except: string },
  ): Setting<readonly string[] | D> =>
    declare(declaration, {
      wanted: `names of namespaces separated by commas, each of lower-case letters, digits and hyphens, and not ${declaration.except}`,
      parse: (text): readonly string[] | undefined => {
        const names = [...new Set(textsIn(text))];
        const isMeant = (name: string) => namespaceName.test(name) && name !== declaration.except;
        return names.every(isMeant) ? names : undefined;
      },
    }),

  /** A duration such as `500ms`, `30s`, `5m`, `2h` or `7d`; the value is in milliseconds, and so are the bounds. */
  durationMs: <D extends number | undefined = number>(
    declaration: Declaration<D> & Bounds,
  ): Setting<number | D> =>
    declare(declaration, {
      wanted: `a duration such as 500ms, 30s, 5m or 2h${between(declaration, durationText)}`,
      parse: (text) => inside(milliseconds(text), declaration),
      show: durationText,
    }),

  url: <D extends URL | undefined = URL>(
    declaration: Declaration<D> & { readonly protocols?: readonly string[] },
  ): Setting<URL | D> => {
    const { protocols = ['http', 'https'] } = declaration;
    return declare(declaration, {
      wanted: `a URL that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
      parse: (text) =>
        protocols.some((name) => text.startsWith(`${name}://`)) ? (URL.parse(text) ?? undefined) : undefined,
    });
  },
};
