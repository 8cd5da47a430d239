import { expect } from 'chai';
import { certificatesIn } from '../../../certs/bundle.ts';
import { besides, joined, type Standing } from '../../../certs/shared-trust.ts';
import type { Trusted } from '../../../certs/source.ts';
import { certificatePem } from '../../support/certificate-pem.ts';

const now = new Date('2026-06-01T00:00:00Z');
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const nothing: Standing = { bundles: [], annotation: undefined };
const bare = (pem: string) => pem.replaceAll('\r', '').trim();
const [one, two, three] = ['one', 'two', 'three'].map((name) => bare(certificatePem(name))) as [
  string,
  string,
  string,
];
const until = (pem: string, hours: number): Trusted => ({ pem, until: inHours(hours) });

describe('authorities that replicas trust together', () => {
  /** What stands after these replicas have written in turn, each what it has. */
  const after = (...replicas: readonly (readonly Trusted[])[]) =>
    replicas.reduce<Standing>((standing, own) => {
      const { bundle, annotation } = joined(own, standing, now);
      return { bundles: [bundle, bundle], annotation };
    }, nothing);
  const trusted = ({ bundles }: Standing) => certificatesIn(bundles[0] ?? '').map(bare);

  it('are those of all replicas, however often each of them writes', () => {
    const [a, b] = [[until(one, 5)], [until(two, 6)]];
    expect(trusted(after(a, b))).to.have.members([one, two]);
    const settled = after(a, b, a);
    expect(after(a, b)).to.deep.equal(settled);
    expect(after(b, a)).to.deep.equal(settled);
    expect(after(a, b, a, b, b)).to.deep.equal(settled);
  });

  it('stay for as long as the one who needs them longest', () => {
    const standing = after([until(one, 1)], [until(one, 9)], [until(one, 3)]);
    expect(
      trusted({ ...standing, bundles: [joined([until(two, 9)], standing, inHours(8)).bundle] }),
    ).to.include(one);
    expect(joined([until(two, 12)], standing, inHours(9)).bundle.trim()).to.equal(two);
  });

  it('go when their own life is over, whatever was said of them', () => {
    const short = certificatePem('short', { notAfter: '2026-06-02' });
    const standing = after([until(bare(short), 100)]);
    expect(trusted(standing)).to.have.length(1);
    expect(joined([until(one, 200)], standing, inHours(25)).bundle.trim()).to.equal(one);
  });

  it('stand for an hour where nobody has said until when, so that an update can go by', () => {
    const found = { bundles: [`${one}\n`], annotation: undefined };
    const { bundle, annotation } = joined([until(two, 9)], found, now);
    expect(certificatesIn(bundle).map(bare)).to.have.members([one, two]);
    const standing = { bundles: [bundle], annotation };
    expect(joined([until(two, 9)], standing, inHours(0.9)).bundle).to.equal(bundle);
    expect(joined([until(two, 9)], standing, inHours(1)).bundle.trim()).to.equal(two);
  });

  it('survive an annotation that somebody has spoilt, and a bundle that is none', () => {
    for (const annotation of ['', 'no JSON', 'null', '[]', '{"x":1}', '{"x":"y"}'])
      for (const bundle of ['', 'nothing', '-----BEGIN CERTIFICATE-----\neA==\n-----END CERTIFICATE-----'])
        expect(joined([until(one, 1)], { bundles: [bundle], annotation }, now).bundle.trim()).to.equal(one);
  });

  it('are ten at most, those that are needed longest', () => {
    const many = Array.from({ length: 14 }, (_, index) =>
      until(bare(certificatePem(`ca-${index}`)), index + 1),
    );
    const standing = after(...many.map((own) => [own]));
    expect(trusted(standing)).to.deep.equal(
      many
        .slice(4)
        .toReversed()
        .map(({ pem }) => pem),
    );
    expect(Object.keys(JSON.parse(standing.annotation ?? '') as object)).to.have.length(10);
  });

  it('stand beside a bundle that is the same for all replicas only if somebody has marked them', () => {
    const marked = after([until(one, 5)]);
    expect(besides(`${two}\n`, nothing, now)).to.deep.equal({ bundle: `${two}\n`, annotation: undefined });
    expect(besides(two, { ...marked, bundles: [one, three] }, now).bundle.trim()).to.equal(`${two}\n${one}`);
    expect(besides(`${two}\n`, marked, inHours(5)).bundle).to.equal(`${two}\n`);
  });
});
