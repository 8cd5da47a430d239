import { isDeepStrictEqual } from 'node:util';
import { refusalText } from '../../src/checks/refusal.ts';
import { warningLines } from '../../webhook/answer.ts';
import type { CommandVerdict } from './command-verdict.ts';
import type { Case } from './corpus.ts';
import type { StricterReason } from './expectation.ts';
import type { GatewayVerdict } from './gateway-verdict.ts';
import type { WebhookVerdict } from './webhook-verdict.ts';

/** What became of a case. Without disagreements everybody said what was expected, and the two agree. */
export interface Outcome {
  readonly judged: Case;
  readonly verdict: 'accepted' | 'refused';
  /** Why we refuse what the gateway takes. */
  readonly stricter: StricterReason | undefined;
  readonly disagreements: readonly string[];
}

/** Holds both answers against each other and against what the file expects. */
export function compare(judged: Case, webhook: WebhookVerdict, gateway: GatewayVerdict): Outcome {
  const { stricter } = judged.fixture.expectation;
  const isStricter = judged.expected === 'refused' && stricter !== undefined;
  const disagreements = [
    ...againstGateway(webhook, gateway, isStricter ? stricter : undefined),
    ...(webhook.allowed === (judged.expected === 'accepted')
      ? asExpected(judged, webhook)
      : [`expected to be ${judged.expected}, it is ${said(webhook)}`]),
  ];
  return {
    judged,
    verdict: webhook.allowed ? 'accepted' : 'refused',
    stricter: isStricter ? stricter : undefined,
    disagreements,
  };
}

function againstGateway(
  webhook: WebhookVerdict,
  gateway: GatewayVerdict,
  stricter: StricterReason | undefined,
): readonly string[] {
  if (webhook.allowed)
    return gateway.is === 'taken' ? [] : [`admitted, but the gateway would not take it: ${answer(gateway)}`];
  if (stricter !== undefined) {
    // Only where a value comes from nowhere is there nothing that the gateway could take.
    const holds = gateway.is === 'taken' || (gateway.is === 'unsent' && stricter === 'sources');
    return holds
      ? []
      : [`said to be stricter (${stricter}), but the gateway refuses too: ${answer(gateway)}`];
  }
  return gateway.is === 'refused'
    ? []
    : [`refused without a reason for being stricter: ${answer(gateway)}; ${said(webhook)}`];
}

function asExpected({ fixture, expected }: Case, webhook: WebhookVerdict): readonly string[] {
  const { refused, warned } = fixture.expectation;
  if (expected === 'accepted') {
    return warned
      .filter((beginning) => !webhook.warnings.some((warning) => warning.startsWith(beginning)))
      .map((beginning) => `no warning begins with ${quoted(beginning)}: ${listed(webhook.warnings)}`);
  }
  // Elsewhere the file says only that it is refused.
  if (fixture.folder === 'accepted') return [];
  const matches = (beginning: string) =>
    webhook.violations.filter((violation) => violation.startsWith(beginning));
  const missing = refused.filter((beginning) => matches(beginning).length === 0);
  const expectedOnes = new Set(refused.flatMap(matches));
  const surplus = webhook.violations.filter((violation) => !expectedOnes.has(violation));
  return [
    ...missing.map((beginning) => `no violation begins with ${quoted(beginning)}: ${said(webhook)}`),
    ...surplus.map((violation) => `a violation that is not expected: ${quoted(violation)}`),
  ];
}

function said(webhook: WebhookVerdict): string {
  return webhook.allowed ? 'admitted' : `refused with ${listed(webhook.violations)}`;
}

function answer(gateway: GatewayVerdict): string {
  return gateway.is === 'unsent'
    ? `nothing is sent, as ${gateway.why}`
    : `${gateway.call} was answered ${gateway.status} ${gateway.body.slice(0, 300)}`;
}

function listed(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing' : lines.map(quoted).join(', ');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Where `portcullis validate` says anything else than the webhook, in verdict or in words. */
export function againstCommand(webhook: WebhookVerdict, command: CommandVerdict): readonly string[] {
  if (webhook.allowed !== command.allowed)
    return [`portcullis validate says ${command.allowed ? 'that it is fine' : command.denials.join(' | ')}`];
  // What the API server refuses by itself is told in our words.
  if (!webhook.isOurs) return [];
  if (!command.isAskedOfWebhook) return ['portcullis validate takes it for refused by the API server'];
  const denials = command.allowed ? [] : linesOf(command.denials);
  return [
    ...differing('refuses', webhook.violations, denials),
    ...differing('warns', webhook.warnings, warningLines(command.warnings)),
  ];
}

function differing(verb: string, webhook: readonly string[], command: readonly string[]): readonly string[] {
  if (isDeepStrictEqual(webhook, command)) return [];
  return [
    `the webhook ${verb} ${JSON.stringify(webhook)}, and portcullis validate ${JSON.stringify(command)}`,
  ];
}

/** The lines of the webhook's message. */
function linesOf(denials: readonly string[]): readonly string[] {
  const nobody = { kind: '', metadata: { name: '', namespace: '' } };
  return refusalText(nobody, denials)
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}
