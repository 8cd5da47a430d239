import { expect } from 'chai';
import { compare } from '../../agreement/compare.ts';
import type { Case } from '../../agreement/corpus.ts';
import type { Expectation } from '../../agreement/expectation.ts';
import type { GatewayVerdict } from '../../agreement/gateway-verdict.ts';
import type { WebhookVerdict } from '../../agreement/webhook-verdict.ts';

const manifest = {
  apiVersion: 'gateway.api-platform.wso2.com/v1',
  kind: 'RestApi',
  metadata: { name: 'books' },
};

function judged(folder: 'accepted' | 'refused', said: Partial<Expectation> = {}): Case {
  const expectation: Expectation = { rule: 'r', generations: ['v1'], refused: [], warned: [], ...said };
  const fixture = { file: 'f', folder, expectation, before: [], judged: manifest };
  return { fixture, generation: 'v1', expected: folder };
}

const admitted: WebhookVerdict = {
  allowed: true,
  isOurs: true,
  violations: [],
  warnings: ['spec.version: must match x'],
};
const refused: WebhookVerdict = {
  allowed: false,
  isOurs: true,
  violations: ['spec.context: must match y'],
  warnings: [],
};
const taken: GatewayVerdict = { is: 'taken', call: 'POST /rest-apis', status: 201, body: '' };
const turnedAway: GatewayVerdict = { is: 'refused', call: 'POST /rest-apis', status: 400, body: '' };
const unsent: GatewayVerdict = { is: 'unsent', why: 'a Secret is absent' };
const expected = { refused: ['spec.context: must match'] };

describe('two verdicts held against each other', () => {
  const agreed: readonly (readonly [string, Case, WebhookVerdict, GatewayVerdict])[] = [
    ['both take it', judged('accepted'), admitted, taken],
    [
      'both take it and the warning is given',
      judged('accepted', { warned: ['spec.version:'] }),
      admitted,
      taken,
    ],
    ['both refuse it, for what was expected', judged('refused', expected), refused, turnedAway],
    ['we are stricter and say why', judged('refused', { ...expected, stricter: 'broken' }), refused, taken],
    ['a value comes from nowhere', judged('refused', { ...expected, stricter: 'sources' }), refused, unsent],
  ];
  for (const [when, one, webhook, gateway] of agreed)
    it(`agree when ${when}`, () => expect(compare(one, webhook, gateway).disagreements).to.be.empty);

  const disagreed: readonly (readonly [string, Case, WebhookVerdict, GatewayVerdict, RegExp])[] = [
    ['the gateway refuses what we admit', judged('accepted'), admitted, turnedAway, /would not take it/],
    ['nothing could be sent of what we admit', judged('accepted'), admitted, unsent, /would not take it/],
    ['we refuse what the gateway takes', judged('refused', expected), refused, taken, /without a reason/],
    [
      'we say to be stricter and are not',
      judged('refused', { ...expected, stricter: 'broken' }),
      refused,
      turnedAway,
      /refuses too/,
    ],
    [
      'nothing could be sent, for another reason than a source',
      judged('refused', { ...expected, stricter: 'broken' }),
      refused,
      unsent,
      /refuses too/,
    ],
    ['it is refused and was not to be', judged('accepted'), refused, turnedAway, /expected to be accepted/],
    [
      'a warning is missing',
      judged('accepted', { warned: ['spec.vhost:'] }),
      admitted,
      taken,
      /no warning begins/,
    ],
    [
      'a violation is missing',
      judged('refused', { refused: ['spec.url:'] }),
      refused,
      turnedAway,
      /no violation/,
    ],
    [
      'there is one too many',
      judged('refused', { refused: ['spec.url:'] }),
      refused,
      turnedAway,
      /not expected/,
    ],
  ];
  for (const [when, one, webhook, gateway, said] of disagreed)
    it(`disagree when ${when}`, () =>
      expect(compare(one, webhook, gateway).disagreements.join('\n')).to.match(said));
});
