import { generateKeyPair, sign, type KeyPairKeyObjectResult } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { Sensitive } from '../src/runtime/sensitive.ts';

/** The kinds of private keys that can be asked a certificate for. */
export const keyKinds = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'] as const;
export type KeyKind = (typeof keyKinds)[number];

export interface SigningRequest {
  /** PEM of a PKCS #10 request. */
  readonly request: string;
  /** PEM; it belongs to the request and has been nowhere else. */
  readonly key: Sensitive;
}

/** A new key, and the request to certify it for these names. Both the key and the signature are made off the main thread. */
export async function signingRequest(
  kind: KeyKind,
  names: { readonly commonName: string; readonly dnsNames: readonly string[] },
): Promise<SigningRequest> {
  const { publicKey, privateKey } = await newKey(kind);
  const info = requestInfo(publicKey, names);
  const signature = await signed('sha256', Buffer.from(der(info), 'latin1'), privateKey);
  const request = sequence(info, algorithms[kind.startsWith('rsa') ? 'rsa' : 'ec'](), bits(signature));
  return { request: pem(der(request)), key: new Sensitive(privateKey) };
}

const signed = promisify(sign);
const generated = promisify(generateKeyPair);

async function newKey(kind: KeyKind): Promise<{ readonly publicKey: Buffer; readonly privateKey: string }> {
  const { publicKey, privateKey } = await pairs[kind]();
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const pairs: Readonly<Record<KeyKind, () => Promise<KeyPairKeyObjectResult>>> = {
  'rsa-2048': () => generated('rsa', { modulusLength: 2048 }),
  'rsa-3072': () => generated('rsa', { modulusLength: 3072 }),
  'rsa-4096': () => generated('rsa', { modulusLength: 4096 }),
  'ec-p256': () => generated('ec', { namedCurve: 'P-256' }),
  'ec-p384': () => generated('ec', { namedCurve: 'P-384' }),
};

const { asn1 } = forge;
type Node = forge.asn1.Asn1;
const { Class, Type } = asn1;

/*
 * forge's own requests know RSA only; built of its ASN.1, a request takes any key that Node has. The shape is that of
 * RFC 2986, 4: version, subject, the public key as it is, and the extensions that are asked for (RFC 2985, 5.4.2).
 */
function requestInfo(
  publicKey: Buffer,
  { commonName, dnsNames }: { readonly commonName: string; readonly dnsNames: readonly string[] },
): Node {
  const subject = sequence(set(sequence(oid(oids.commonName), text(commonName))));
  const names = sequence(...dnsNames.map((name) => leaf(Class.CONTEXT_SPECIFIC, dnsName, name)));
  const alternatives = sequence(
    oid(oids.subjectAltName),
    leaf(Class.UNIVERSAL, Type.OCTETSTRING, der(names)),
  );
  const attribute = sequence(oid(oids.extensionRequest), set(sequence(alternatives)));
  const version = leaf(Class.UNIVERSAL, Type.INTEGER, asn1.integerToDer(0).getBytes());
  const key = asn1.fromDer(forge.util.createBuffer(publicKey.toString('latin1')));
  return sequence(version, subject, key, asn1.create(Class.CONTEXT_SPECIFIC, attributes, true, [attribute]));
}

/** The tags of the attributes of a request and of a name's choice "dNSName" (RFC 5280, 4.2.1.6): 0 and 2, of no type. */
const attributes = Type.NONE;
const dnsName = Type.INTEGER;

const oids = {
  commonName: '2.5.4.3',
  subjectAltName: '2.5.29.17',
  extensionRequest: '1.2.840.113549.1.9.14',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

/** With RSA the parameters are NULL, with ECDSA there are none (RFC 4055, 5; RFC 5758, 3.2). */
const algorithms = {
  rsa: () => sequence(oid(oids.sha256WithRsa), leaf(Class.UNIVERSAL, Type.NULL, '')),
  ec: () => sequence(oid(oids.ecdsaWithSha256)),
} as const;

function sequence(...nodes: Node[]): Node {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, nodes);
}

function set(node: Node): Node {
  return asn1.create(Class.UNIVERSAL, Type.SET, true, [node]);
}

function leaf(tagClass: forge.asn1.Class, type: forge.asn1.Type, value: string): Node {
  return asn1.create(tagClass, type, false, value);
}

function oid(name: string): Node {
  return leaf(Class.UNIVERSAL, Type.OID, asn1.oidToDer(name).getBytes());
}

function text(value: string): Node {
  return leaf(Class.UNIVERSAL, Type.UTF8, value);
}

/** A bit string begins with the number of bits that its last byte lacks. */
function bits(bytes: Buffer): Node {
  return leaf(Class.UNIVERSAL, Type.BITSTRING, `\0${bytes.toString('latin1')}`);
}

function der(node: Node): string {
  return asn1.toDer(node).getBytes();
}

function pem(body: string): string {
  const lines =
    Buffer.from(body, 'latin1')
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
}
