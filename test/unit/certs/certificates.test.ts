import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect } from 'chai';
import { decide, nextDecision } from '../../../certs/decide.ts';
import { createAuthority, issueLeaf, type Material } from '../../../certs/material.ts';
import { materialIn, secretFor } from '../../../certs/secret.ts';

const now = new Date();
const names = ['portcullis-webhook.portcullis-system.svc', 'portcullis-webhook'];
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);

async function make(leafNames: readonly string[] = names): Promise<Material> {
  const authority = await createAuthority({ name: 'test CA', days: 3650, now });
  return {
    authority,
    bundle: authority.cert,
    leaf: await issueLeaf(authority, { dnsNames: leafNames, days: 365, now }),
  };
}

describe('the certificates that we make', () => {
  let material: Material;
  before(async () => (material = await make()));

  it('form a chain: an authority that may sign, and a serving certificate that may not', () => {
    const [authority, leaf] = [material.authority, material.leaf].map(
      ({ cert }) => new X509Certificate(cert),
    ) as [X509Certificate, X509Certificate];
    expect([authority.ca, leaf.ca]).to.deep.equal([true, false]);
    expect(leaf.verify(authority.publicKey)).to.equal(true);
    expect(names.map((name) => leaf.checkHost(name))).to.deep.equal(names);
    expect(leaf.serialNumber).not.to.equal(authority.serialNumber);
  });

  it('are accepted over TLS 1.3 by a client that trusts the bundle', async () => {
    const server = createServer({ ...material.leaf, minVersion: 'TLSv1.3' }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      ca: material.bundle,
      servername: names[0]!,
    });
    await once(socket, 'secureConnect');
    expect([socket.authorized, socket.getProtocol()]).to.deep.equal([true, 'TLSv1.3']);
    socket.destroy();
    server.close();
  });

  it('survive being kept in a Secret', () => {
    expect(materialIn(secretFor({ namespace: 'a', name: 'b' }, material))).to.deep.equal(material);
  });

  it('count as absent when a part of the Secret is', () => {
    const secret = secretFor({ namespace: 'a', name: 'b' }, material);
    expect(materialIn({ ...secret, data: { ...secret.data, 'tls.key': '' } })).to.equal(undefined);
  });

  it('are looked at again when the first of them is due', () => {
    const days = (nextDecision(material).getTime() - now.getTime()) / 86_400_000;
    expect(days).to.be.closeTo((365 * 2) / 3, 1);
  });

  describe('are decided upon:', () => {
    const cases: readonly [string, () => Promise<[Material | undefined, Date]>, string, string?][] = [
      ['nothing there', () => Promise.resolve([undefined, now]), 'new authority', 'Missing'],
      ['all is well', () => Promise.resolve([material, now]), 'keep'],
      [
        'just before two thirds of the life of the leaf',
        () => Promise.resolve([material, inDays(242)]),
        'keep',
      ],
      ['after two thirds of it', () => Promise.resolve([material, inDays(244)]), 'new leaf', 'DueForRenewal'],
      ['the leaf is over', () => Promise.resolve([material, inDays(366)]), 'new leaf', 'Expired'],
      [
        'two thirds of the life of the authority',
        () => Promise.resolve([material, inDays(2500)]),
        'new authority',
        'DueForRenewal',
      ],
      [
        'the leaf is of another authority',
        async () => [{ ...material, leaf: (await make()).leaf }, now],
        'new leaf',
        'NotOfThisAuthority',
      ],
      [
        'the key is of another certificate',
        async () => [{ ...material, leaf: { ...material.leaf, key: (await make()).leaf.key } }, now],
        'new leaf',
        'KeyMismatch',
      ],
      [
        'the leaf is damaged',
        () => Promise.resolve([{ ...material, leaf: { cert: 'x', key: 'y' } }, now]),
        'new leaf',
        'Unreadable',
      ],
      [
        'the authority is damaged',
        () => Promise.resolve([{ ...material, authority: { cert: 'x', key: 'y' } }, now]),
        'new authority',
        'Unreadable',
      ],
      [
        'the bundle lacks the authority',
        () => Promise.resolve([{ ...material, bundle: '' }, now]),
        'new authority',
        'NotTrusted',
      ],
      [
        'the Service has another name',
        async () => [await make(['old.example']), now],
        'new leaf',
        'NamesChanged',
      ],
    ];
    for (const [situation, make, is, reason] of cases) {
      it(`${situation}: ${is}`, async () => {
        const [given, at] = await make();
        expect(decide(given, names, at)).to.deep.equal(reason === undefined ? { is } : { is, reason });
      });
    }
  });
});
