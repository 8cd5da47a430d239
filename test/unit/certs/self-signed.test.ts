import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { certificatesIn, holds } from '../../../certs/bundle.ts';
import { createAuthority, namesOf } from '../../../certs/material.ts';
import { materialIn } from '../../../certs/secret.ts';
import { SelfSigned } from '../../../certs/self-signed.ts';
import type { Trust } from '../../../certs/source.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { ManualClock } from '../manual-clock.ts';
import { OneSecret } from './one-secret.ts';

const hourMs = 3_600_000;
const nobody: Trust = { settlesInMs: () => Infinity };
const everybody: Trust = { settlesInMs: () => 0 };

describe('an authority of our own, kept in a Secret', () => {
  let secret: OneSecret;
  let clock: ManualClock;
  let told: string[];
  beforeEach(() => {
    secret = new OneSecret();
    clock = new ManualClock();
    told = [];
  });

  const source = (...otherNames: readonly string[]) =>
    new SelfSigned(
      {
        secret: { namespace: 'home', name: 'certificate' },
        dnsNames: ['webhook.home.svc', ...otherNames],
        authorityLifeMs: 30 * hourMs,
        leafLifeMs: 3 * hourMs,
        lateness: 0,
      },
      {
        client: secret.client,
        clock,
        logger: silentLogger,
        events: { record: (_object, type, reason, message) => told.push(`${type} ${reason} ${message}`) },
      },
    );
  const material = () => materialIn(secret.stored!)!;
  const isSigned = (leaf: string, by: string) =>
    new X509Certificate(leaf).verify(new X509Certificate(by).publicKey);

  it('is one, though a hundred want to make it at the same moment', async function () {
    this.timeout(120_000);
    const served = await Promise.all(Array.from({ length: 100 }, () => source().look(nobody)));
    expect(new Set(served.map(({ leaf }) => leaf.cert)).size).to.equal(1);
    expect(secret.history).to.have.length(1);
  });

  it('is announced a successor, which signs when everybody trusts it, and stays trusted to its end', async () => {
    const replica = source();
    const first = await replica.look(nobody);
    const old = material().authority.cert;
    await clock.advance(21 * hourMs);
    // One thing after the other: the leaf was over long ago, too.
    await replica.look(nobody);
    const waiting = await replica.look(nobody);
    const successor = material().successor!.cert;
    expect(material().authority.cert).to.equal(old);
    expect([holds(waiting.bundle!, successor), holds(waiting.bundle!, old)]).to.deep.equal([true, true]);
    expect(isSigned(waiting.leaf.cert, old)).to.equal(true);
    const promoted = await replica.look(everybody);
    expect(material().successor).to.equal(undefined);
    expect(isSigned(promoted.leaf.cert, successor)).to.equal(true);
    expect(isSigned(promoted.leaf.cert, old)).to.equal(false);
    expect(holds(promoted.bundle!, old)).to.equal(true);
    await clock.advance(10 * hourMs);
    const later = await replica.look(everybody);
    expect(holds(later.bundle!, old)).to.equal(false);
    expect(later.leaf.cert).not.to.equal(first.leaf.cert);
  });

  it('is looked at again soon while its successor waits, and else when something is due', async () => {
    const replica = source();
    const inMs = ({ lookAgain }: { lookAgain: Date }) => lookAgain.getTime() - clock.now().getTime();
    expect(inMs(await replica.look(nobody))).to.be.closeTo(2 * hourMs, 10_000);
    await clock.advance(21 * hourMs);
    await replica.look(nobody);
    expect(inMs(await replica.look(nobody))).to.be.lessThan(10_000);
  });

  it('is replaced when its Secret is damaged, and that is told', async () => {
    const replica = source();
    const first = await replica.look(nobody);
    secret.stored = { ...secret.stored!, data: { ...secret.stored!.data, 'tls.crt': 'eA==' } };
    const second = await replica.look(nobody);
    expect(second.leaf.cert).not.to.equal(first.leaf.cert);
    expect(holds(second.bundle!, first.bundle!)).to.equal(true);
    expect(told).to.deep.equal([
      'Warning CertificateReplaced the serving certificate was issued anew (Unreadable)',
    ]);
    secret.stored = { ...secret.stored, data: {} };
    await replica.look(nobody);
    expect(told[1]).to.contain('authority and serving certificate were made anew (Missing)');
  });

  it("never takes the place of somebody else's Secret, and says what to do", async () => {
    const metadata = { namespace: 'home', name: 'certificate' };
    const theirs = { apiVersion: 'v1', kind: 'Secret', metadata, data: {} };
    secret.stored = theirs;
    const failure = await source()
      .look(nobody)
      .catch((error: unknown) => String(error));
    expect(failure).to.contain("somebody else's; delete it");
    expect(secret.stored).to.equal(theirs);
    expect(told[0]).to.contain('Warning ForeignSecret');
  });

  it('leaves what another version keeps beside it, in the Secret and in what is trusted', async () => {
    const replica = source();
    const first = await replica.look(nobody);
    const { cert: theirs } = await createAuthority({ name: 'theirs', lifeMs: 30 * hourMs, now: clock.now() });
    const { metadata, data } = secret.stored!;
    const bundle = Buffer.from(`${theirs}\n${first.bundle!}`).toString('base64');
    secret.stored = {
      ...secret.stored!,
      metadata: { ...metadata, annotations: { format: '2' } },
      data: { ...data, 'third.key': 'eA==', 'ca.crt': bundle },
    };
    await clock.advance(2 * hourMs);
    const renewed = await replica.look(nobody);
    expect(renewed.leaf.cert).not.to.equal(first.leaf.cert);
    expect(secret.stored.data?.['third.key']).to.equal('eA==');
    expect(secret.stored.metadata.annotations).to.deep.equal({ format: '2' });
    expect(holds(renewed.bundle!, theirs)).to.equal(true);
  });

  it('is for the names of all replicas, while some have other settings than the rest, and later for those of one', async () => {
    const [old, young] = [source('old.example'), source('young.example')];
    await old.look(nobody);
    const shared = await young.look(nobody);
    expect(namesOf(shared.leaf)).to.have.members(['webhook.home.svc', 'old.example', 'young.example']);
    expect((await old.look(nobody)).leaf.cert).to.equal(shared.leaf.cert);
    expect(secret.history).to.have.length(2);
    await clock.advance(2 * hourMs);
    expect(namesOf((await young.look(nobody)).leaf)).to.have.members(['webhook.home.svc', 'young.example']);
  });

  it('keeps no more of those before than are still good, however often it changes', async function () {
    this.timeout(60_000);
    const replica = source();
    for (let round = 0; round < 6; round += 1) {
      for (let step = 0; step < 3; step += 1) await replica.look(everybody);
      await clock.advance(21 * hourMs);
    }
    for (let step = 0; step < 3; step += 1) await replica.look(everybody);
    const trusted = certificatesIn(material().bundle).map((pem) => new X509Certificate(pem));
    expect(trusted.every(({ validToDate }) => validToDate > clock.now())).to.equal(true);
    expect(trusted.length).to.be.within(1, 3);
  });
});
