import { expect } from 'chai';
import { LeaseSigns } from '../../../controller/platform/lease-signs.ts';
import type { Lease } from '../../../src/kube/lease.ts';
import { operatorLease } from '../../../src/model/platform-operator.ts';
import { ManualClock } from '../manual-clock.ts';

const start = Date.UTC(2026, 0, 1);

/** A Lease that was renewed so many seconds after the start by its holder's clock. */
function lease(version: number, renewedAt: number, holder = 'operator_1'): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace: 'platform', name: operatorLease, resourceVersion: String(version) },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: 15,
      renewTime: new Date(start + renewedAt * 1000).toISOString(),
    },
  };
}

describe("the Lease of the platform's own operator", () => {
  let clock: ManualClock;
  let signs: LeaseSigns;
  const isKept = (...leases: readonly Lease[]) => signs.keptOf(leases).length > 0;

  beforeEach(() => {
    clock = new ManualClock();
    signs = new LeaseSigns({ clock });
  });

  it('is kept by nobody where there is none, or where it was given back', () => {
    expect(isKept()).to.equal(false);
    expect(isKept(lease(1, 0, ''))).to.equal(false);
  });

  it('is kept for as long as it goes on changing', async () => {
    expect(isKept(lease(1, 0))).to.equal(true);
    for (let second = 2; second < 60; second += 2) {
      await clock.advance(2000);
      expect(isKept(lease(second, second))).to.equal(true);
    }
  });

  it('is kept no longer than its duration after the last change, by our own clock', async () => {
    expect(isKept(lease(1, 0))).to.equal(true);
    await clock.advance(15_000);
    expect(isKept(lease(1, 0))).to.equal(true);
    await clock.advance(1);
    expect(isKept(lease(1, 0))).to.equal(false);
  });

  it('counts as kept at first sight, though it looks expired by a clock that may be wrong', () => {
    expect(isKept(lease(1, -60))).to.equal(true);
  });

  it('needs no watching where it was left long ago', () => {
    expect(isKept(lease(1, -600))).to.equal(false);
  });

  it('is kept where it changes, however wrong the clock of its holder is', async () => {
    expect(isKept(lease(1, -3600))).to.equal(false);
    await clock.advance(2000);
    expect(isKept(lease(2, -3598))).to.equal(true);
  });

  it('is forgotten when it is deleted', async () => {
    expect(isKept(lease(1, 0))).to.equal(true);
    await clock.advance(1000);
    expect(isKept()).to.equal(false);
  });
});
