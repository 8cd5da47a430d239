import type { VaultMeaning } from './vault-error.ts';

/** So much of each of Vault's own errors is repeated, and so many of them. */
const longestError = 300;
const mostErrors = 3;

export interface VaultAnswer {
  readonly status: number;
  /** Undefined where the body is no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** Where a redirect leads to. */
  readonly location: string | undefined;
}

/** What a call that failed means, why it failed, and what a person can do; the last two as the end of "because …". */
export interface Complaint {
  readonly means: VaultMeaning;
  readonly why: string;
}

/** What a person can do about an answer, where it depends on what was asked for. */
export type Advice = Readonly<Record<'refused' | 'forbidden' | 'absent', string>>;

/**
 * What an answer complains of; undefined for a success. Vault's statuses:
 * https://developer.hashicorp.com/vault/api-docs#http-status-codes
 */
export function complaintOf(answer: VaultAnswer, advice: Advice): Complaint | undefined {
  const { status, body } = answer;
  if (status >= 200 && status < 300)
    return body === undefined
      ? { means: 'unavailable', why: `what answered ${status} is no Vault, for it sent no JSON` }
      : undefined;
  const said = `Vault answered ${status}${quoted(body)}`;
  if (status >= 300 && status < 400) return { means: 'unavailable', why: redirected(answer) };
  if (isPassing(status))
    return { means: 'unavailable', why: `${said}; ${passing[status] ?? 'it is tried again'}` };
  // Only JSON is a word of Vault: what else says 404 stands in between.
  if (body === undefined)
    return { means: 'unavailable', why: `something that is no Vault answered ${status} without JSON` };
  const means = status === 403 || status === 401 ? 'forbidden' : status === 404 ? 'absent' : 'refused';
  return { means, why: `${said}; ${advice[means]}` };
}

const sealed = 'it is sealed, and somebody has to unseal it';
const standby = 'it is a standby; the address should lead to the active node';

/** What passes by itself, or by somebody else's work. */
const passing: Readonly<Record<number, string>> = {
  412: 'it has not caught up with what was written, and it is tried again',
  429: 'it is asked too often, or it is a standby; it is tried again',
  472: standby,
  473: standby,
  501: 'it is not initialised yet',
  503: `${sealed}, or it is under maintenance`,
};

function isPassing(status: number): boolean {
  return passing[status] !== undefined || status === 408 || status === 425 || status >= 500;
}

/** It is not followed: a token goes to nobody but whom the settings name. */
function redirected({ status, location = '' }: VaultAnswer): string {
  const host = URL.parse(location)?.host;
  const to = host === undefined ? '' : ` to ${host}`;
  return `Vault answered ${status}, which leads${to} and is not followed; name an address that answers itself by PORTCULLIS_VAULT_ADDRESS`;
}

/** Vault's own words: `{"errors": ["…"]}`. */
function quoted(body: VaultAnswer['body']): string {
  const errors: readonly unknown[] = Array.isArray(body?.errors) ? body.errors : [];
  const words = errors
    .filter((error) => typeof error === 'string')
    .slice(0, mostErrors)
    .map((error) => (error.length > longestError ? `${error.slice(0, longestError)}…` : error));
  return words.length === 0 ? '' : `: ${words.join('; ')}`;
}
