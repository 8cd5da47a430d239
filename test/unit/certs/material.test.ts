import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { bundleOf, holds } from '../../../certs/bundle.ts';
import { createAuthority, issueLeaf, type Material } from '../../../certs/material.ts';
import { materialIn, secretFor } from '../../../certs/secret.ts';

const now = new Date();
const names = ['portcullis-webhook.portcullis-system.svc', 'portcullis-webhook'];
const place = { namespace: 'a', name: 'b' };
const hourMs = 3_600_000;

describe('the certificates that we make', () => {
  let material: Material;
  before(async () => {
    const authority = await createAuthority({ name: 'test CA', lifeMs: 10 * hourMs, now });
    const leaf = await issueLeaf(authority, { dnsNames: names, lifeMs: hourMs, now });
    material = { authority, bundle: authority.cert, leaf };
  });

  it('form a chain: an authority that may sign, and a serving certificate that may not', () => {
    const authority = new X509Certificate(material.authority.cert);
    const leaf = new X509Certificate(material.leaf.cert);
    expect([authority.ca, leaf.ca]).to.deep.equal([true, false]);
    expect(leaf.verify(authority.publicKey)).to.equal(true);
    expect(names.map((name) => leaf.checkHost(name))).to.deep.equal(names);
    expect(leaf.serialNumber).not.to.equal(authority.serialNumber);
  });

  it('never outlive their authority', async () => {
    const outer = new X509Certificate(material.authority.cert);
    const leaf = await issueLeaf(material.authority, { dnsNames: names, lifeMs: 100 * hourMs, now });
    expect(new X509Certificate(leaf.cert).validTo).to.equal(outer.validTo);
    const earlier = new Date(now.getTime() - hourMs);
    const before = await issueLeaf(material.authority, { dnsNames: names, lifeMs: hourMs, now: earlier });
    expect(new X509Certificate(before.cert).validFrom).to.equal(outer.validFrom);
  });

  it('are accepted over TLS 1.3 by a client that trusts the bundle', async () => {
    const { cert, key } = material.leaf;
    const server = createServer({ cert, key: key.reveal(), minVersion: 'TLSv1.3' }).listen(0, '127.0.0.1');
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
    const full = { ...material, successor: material.authority };
    const read = materialIn(secretFor(place, full));
    expect(JSON.stringify(read)).to.equal(
      JSON.stringify({
        authority: full.authority,
        bundle: full.bundle,
        leaf: full.leaf,
        successor: full.successor,
      }),
    );
    expect(read?.leaf.key.reveal()).to.equal(material.leaf.key.reveal());
    expect(read?.successor?.key.reveal()).to.equal(material.authority.key.reveal());
  });

  it('count as absent when a part of the Secret is', () => {
    const secret = secretFor(place, material);
    expect(materialIn({ ...secret, data: { ...secret.data, 'tls.key': '' } })).to.equal(undefined);
  });

  it('show no private key, however they are printed', () => {
    for (const text of [inspect(material, { depth: 9 }), JSON.stringify(material), String(material.leaf.key)])
      expect(text).not.to.contain('PRIVATE KEY');
  });
});

describe('a bundle of authorities', () => {
  it('has each once, in order, and none that is over or no certificate', async () => {
    const made = (name: string, from = now) => createAuthority({ name, lifeMs: hourMs, now: from });
    const [one, two] = [await made('one'), await made('two')];
    const over = await made('over', new Date(now.getTime() - 2 * hourMs));
    const text = bundleOf([two.cert, `${one.cert}\nnoise\n${over.cert}`, two.cert], now);
    expect(text.match(/BEGIN CERTIFICATE/g)).to.have.length(2);
    expect(holds(text.slice(0, text.length / 2), two.cert)).to.equal(true);
    expect([holds(text, one.cert), holds(text, two.cert), holds(text, over.cert)]).to.deep.equal([
      true,
      true,
      false,
    ]);
  });
});
