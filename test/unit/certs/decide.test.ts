import { expect } from 'chai';
import { decide, nextDecision, type Circumstances } from '../../../certs/decide.ts';
import { createAuthority, issueLeaf, type Material, type Pair } from '../../../certs/material.ts';
import { Sensitive } from '../../../src/runtime/sensitive.ts';

const now = new Date();
const dnsNames = ['portcullis-webhook.portcullis-system.svc', 'portcullis-webhook'];
const dayMs = 86_400_000;
const inDays = (days: number) => new Date(now.getTime() + days * dayMs);
const authorityDays = 3650;
const leafDays = 365;

const authority = (from = now) =>
  createAuthority({ name: 'test CA', lifeMs: authorityDays * dayMs, now: from });
const leafOf = (signer: Pair, from = now) =>
  issueLeaf(signer, { dnsNames, lifeMs: leafDays * dayMs, now: from });
const damaged = { cert: 'x', key: new Sensitive('y') };

interface Row {
  readonly when: string;
  readonly given: () => Material | undefined;
  readonly in?: Partial<Circumstances>;
  readonly is: string;
  readonly reason?: string;
}

describe('what is to be done about the certificates', () => {
  let material: Material;
  let other: Material;
  /** As it is when two thirds of the authority's life are over, and the leaf is young. */
  let old: Material;
  let announced: Material;

  before(async () => {
    const made = async (from = now): Promise<Material> => {
      const signer = await authority();
      return { authority: signer, bundle: signer.cert, leaf: await leafOf(signer, from) };
    };
    material = await made();
    other = await made();
    old = await made(inDays(2400));
    const successor = await authority(inDays(2430));
    announced = { ...old, successor, bundle: old.bundle + successor.cert };
  });

  const due = { now: inDays(2434) };
  const trusted = { ...due, isSuccessorTrusted: true };
  const ofMaterial = (change: Partial<Material>) => ({ ...material, ...change });
  const rows: readonly Row[] = [
    { when: 'nothing is there', given: () => undefined, is: 'new authority', reason: 'Missing' },
    { when: 'all is well', given: () => material, is: 'keep' },
    {
      when: 'two thirds of the life of the leaf are almost over',
      given: () => material,
      in: { now: inDays(243.3) },
      is: 'keep',
    },
    {
      when: 'two thirds of it are over',
      given: () => material,
      in: { now: inDays(243.4) },
      is: 'new leaf',
      reason: 'DueForRenewal',
    },
    {
      when: 'they are, at the latest replica',
      given: () => material,
      in: { now: inDays(243.4), lateness: 1 },
      is: 'keep',
    },
    {
      when: 'a fiftieth more is over, at the latest replica',
      given: () => material,
      in: { now: inDays(250.7), lateness: 1 },
      is: 'new leaf',
      reason: 'DueForRenewal',
    },
    {
      when: 'the leaf is over',
      given: () => material,
      in: { now: inDays(365.1), lateness: 1 },
      is: 'new leaf',
      reason: 'Expired',
    },
    {
      when: 'two thirds of the life of the authority are almost over',
      given: () => old,
      in: { now: inDays(2433) },
      is: 'keep',
    },
    {
      when: 'two thirds of that are over',
      given: () => old,
      in: due,
      is: 'new successor',
      reason: 'DueForRenewal',
    },
    { when: 'a successor is announced and not trusted yet', given: () => announced, in: due, is: 'keep' },
    {
      when: 'the leaf is over while a successor waits',
      given: () => ({ ...announced, ...material, bundle: announced.bundle + material.bundle }),
      in: due,
      is: 'new leaf',
      reason: 'Expired',
    },
    {
      when: 'the successor is trusted',
      given: () => announced,
      in: trusted,
      is: 'promotion',
      reason: 'SuccessorTrusted',
    },
    {
      when: 'the authority is over and its successor was never trusted',
      given: () => announced,
      in: { now: inDays(3651) },
      is: 'promotion',
      reason: 'Expired',
    },
    {
      when: 'the authority is over and there is no successor',
      given: () => old,
      in: { now: inDays(3651) },
      is: 'new authority',
      reason: 'Expired',
    },
    {
      when: 'the successor is damaged',
      given: () => ({ ...announced, successor: damaged }),
      in: trusted,
      is: 'new successor',
      reason: 'DueForRenewal',
    },
    {
      when: 'the successor was forgotten in the bundle',
      given: () => ({ ...announced, bundle: old.bundle }),
      in: trusted,
      is: 'new successor',
      reason: 'DueForRenewal',
    },
    {
      when: 'the leaf is of another authority',
      given: () => ofMaterial({ leaf: other.leaf }),
      is: 'new leaf',
      reason: 'NotOfThisAuthority',
    },
    {
      when: 'the key is of another leaf',
      given: () => ofMaterial({ leaf: { ...material.leaf, key: other.leaf.key } }),
      is: 'new leaf',
      reason: 'KeyMismatch',
    },
    {
      when: 'the leaf is damaged',
      given: () => ofMaterial({ leaf: damaged }),
      is: 'new leaf',
      reason: 'Unreadable',
    },
    {
      when: 'the Service has another name',
      given: () => material,
      in: { dnsNames: ['other.svc'] },
      is: 'new leaf',
      reason: 'NamesChanged',
    },
    {
      when: 'the authority is damaged',
      given: () => ofMaterial({ authority: damaged }),
      is: 'new authority',
      reason: 'Unreadable',
    },
    {
      when: 'the authority is damaged and has a successor',
      given: () => ({ ...announced, authority: damaged }),
      is: 'promotion',
      reason: 'Unreadable',
    },
    {
      when: 'the key is of another authority',
      given: () => ofMaterial({ authority: { ...material.authority, key: other.authority.key } }),
      is: 'new authority',
      reason: 'KeyMismatch',
    },
    {
      when: 'the bundle lacks the authority',
      given: () => ofMaterial({ bundle: other.bundle }),
      is: 'new authority',
      reason: 'NotTrusted',
    },
  ];
  for (const { when, given, in: circumstances = {}, is, reason } of rows) {
    it(`when ${when}: ${is}${reason === undefined ? '' : `, ${reason}`}`, () => {
      const decision = decide(given(), { dnsNames, now, ...circumstances });
      expect(decision).to.deep.equal(reason === undefined ? { is } : { is, reason });
    });
  }

  it('is asked again when the first of them is due', () => {
    const days = (moment: Date) => (moment.getTime() - now.getTime()) / dayMs;
    expect(days(nextDecision(material))).to.be.closeTo((365 * 2) / 3, 0.1);
    expect(days(nextDecision(material, { lateness: 1 }))).to.be.closeTo(365 * (2 / 3 + 1 / 50), 0.1);
    expect(days(nextDecision(old))).to.be.closeTo((3650 * 2) / 3, 0.1);
  });
});
