import { pino, type Logger as Pino } from 'pino';
import { describeError } from './describe-error.ts';
import { GatheredLines } from './gathered-lines.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Every field that a log line may carry. The set is closed so that lines can be searched; what varies goes here and
 * never into the message, which is constant. An object's spec and a secret have no place in it.
 */
export interface LogFields {
  /** The part of the process that speaks. */
  readonly component?: string;
  readonly kind?: string;
  readonly namespace?: string | undefined;
  readonly name?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly gateway?: string;
  /** A word from a closed set that says why. */
  readonly reason?: string;
  readonly operation?: string;
  readonly outcome?: string;
  readonly user?: string;
  readonly identity?: string;
  /** The number of a share of the work. */
  readonly shard?: number;
  readonly version?: string;
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly status?: number;
  readonly attempt?: number;
  readonly count?: number;
  readonly durationMs?: number;
  readonly retryMs?: number;
  readonly expires?: string;
  readonly signal?: string;
  readonly detail?: string;
  readonly error?: unknown;
}

/** Messages are constant sentences; see `LogFields` for what varies. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger whose every line carries these fields too. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  readonly name: string;
  readonly level: LogLevel;
  /** Standard output by default. */
  readonly destination?: NodeJS.WritableStream;
}

let lastMs = Number.NaN;
let lastField = '';

/** As pino's own `isoTime`, but that the lines of one millisecond share a text: to write a date is a third of what a line costs. */
function timeField(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastField = `,"time":"${new Date(now).toISOString()}"`;
  }
  return lastField;
}

/** A logger that writes one JSON object per line. */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const settings = {
    level,
    // Not `name`: that is the name of the object that a line is about.
    base: { process: name },
    timestamp: timeField,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: describeError },
  };
  return wrap(pino(settings, destination ?? new GatheredLines(pino.destination({ sync: true }))));
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

function wrap(target: Pino): Logger {
  return {
    debug: (fields, message) => target.debug(fields, message),
    info: (fields, message) => target.info(fields, message),
    warn: (fields, message) => target.warn(fields, message),
    error: (fields, message) => target.error(fields, message),
    child: (fields) => wrap(target.child(fields)),
  };
}
