import { expect } from 'chai';
import type { Deed, Outcome } from '../../../controller/binding/outcome.ts';
import type { Stored } from '../../../controller/cluster/stored.ts';
import { report, type Attempt } from '../../../controller/gateway/report.ts';
import { isWiped, namedFields } from '../../../controller/gateway/suspicion.ts';
import { controllerMetrics } from '../../../controller/metrics.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { createRegistry } from '../../../src/runtime/metrics.ts';
import { parseExposition, valueOf } from '../../support/exposition.ts';

const metadata = { namespace: 'shop', name: 'books', uid: 'u', resourceVersion: '1', generation: 3 };
const resource = { apiVersion: 'v1', kind: 'Api', metadata, spec: {} } as Stored;

/** What is told of an attempt that ended well: reason and message of the event, and the repairs that were counted. */
async function told(did: Deed, rest: Partial<Attempt> = {}, differences: readonly string[] = []) {
  const events: string[] = [];
  const registry = createRegistry();
  const outcome: Outcome = { is: 'programmed', standing: {}, did, differences };
  const attempt = { resource, gateway: 'gw/main', removing: false, before: undefined, ...rest };
  report(outcome, attempt, {
    events: { record: (_, { type, reason, message }) => events.push(`${type} ${reason} ${message}`) },
    logger: silentLogger,
    metrics: controllerMetrics(registry, []),
  });
  const families = parseExposition(await registry.metrics());
  return { events, repaired: valueOf(families, 'portcullis_controller_drift_repaired_total') };
}

describe('what is told of an attempt that ended well', () => {
  const found = (drift: 'wiped' | 'deleted' | 'edited', generation = 3) => ({
    suspicion: { drift, generation },
  });
  const cases = [
    { did: 'replaced', drift: 'edited', says: 'it was edited there and was put right: spec.context' },
    {
      did: 'recreated',
      drift: 'edited',
      says: 'it was edited there and was put right: spec.context',
    },
    { did: 'created', drift: 'deleted', says: 'it was deleted there and was created again' },
    { did: 'created', drift: 'wiped', says: 'everything was wiped there; it was created again' },
    { did: 'created', drift: 'edited', says: 'it was deleted there and was created again' },
  ] as const;
  for (const { did, drift, says } of cases)
    it(`is, of what was ${did} after it was found ${drift}, that ${says}`, async () => {
      const differences = did === 'created' ? [] : ['spec.context'];
      const { events, repaired } = await told(did, found(drift), differences);
      expect(events).to.deep.equal([`Normal DriftRepaired gateway gw/main: ${says}`]);
      expect(repaired).to.equal(1);
    });

  it('is a change like any other where the resource has changed since the drift was found', async () => {
    const { events, repaired } = await told('replaced', found('edited', 2), ['spec.context']);
    expect(events).to.deep.equal(['Normal Replaced gateway gw/main: it was changed: spec.context']);
    expect(repaired).to.equal(0);
  });

  it('is nothing where nothing was done and all was well before', async () => {
    expect((await told('none')).events).to.deep.equal([]);
    expect((await told('none', { before: { state: 'Programmed' } })).events).to.deep.equal([]);
  });

  it('is that it is over where nothing had to be done after a failure', async () => {
    const { events } = await told('none', { before: { state: 'Failing', reason: 'Unavailable' } });
    expect(events).to.deep.equal(['Normal Programmed gateway gw/main: it stands there as wanted again']);
  });
});

describe('the fields that a repair names', () => {
  it('are five at most, and the others are counted', () => {
    expect(namedFields(['a', 'b'])).to.equal('a, b');
    expect(namedFields(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).to.equal('a, b, c, d, e and 2 more');
  });

  it('are cut where a gateway has keys of any length', () => {
    expect(namedFields(['x'.repeat(5000)])).to.have.length(120);
  });
});

describe('the loss of everything', () => {
  it('is that nothing is left of several', () => {
    expect([isWiped(3, 3), isWiped(2, 3), isWiped(1, 1), isWiped(0, 0)]).to.deep.equal([
      true,
      false,
      false,
      false,
    ]);
  });
});
