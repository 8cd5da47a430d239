import { X509Certificate } from 'node:crypto';

/** What the gateway tells of a chain: all but `count` is said of its first certificate. */
export interface Chain {
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: Date;
  readonly count: number;
}

/** Reads the certificates of a text; other PEM blocks, private keys too, and text around them are passed over. */
export function parseChain(pem: string): Chain | 'none' | 'malformed' {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    const [first] = blocks.map((block) => new X509Certificate(block));
    if (first === undefined) return 'none';
    return {
      subject: distinguishedName(first.subject),
      issuer: distinguishedName(first.issuer),
      notAfter: first.validToDate,
      count: blocks.length,
    };
  } catch {
    return 'malformed';
  }
}

/** The order in which Go prints the parts of a name, whatever their order in the certificate. */
const order = ['serialNumber', 'CN', 'postalCode', 'street', 'ST', 'L', 'OU', 'O', 'C'];
const goNames: Readonly<Record<string, string>> = {
  serialNumber: 'SERIALNUMBER',
  postalCode: 'POSTALCODE',
  street: 'STREET',
};

/** Node prints a name as lines of `type=value`, Go as one line; values of one type are joined by `+`. */
function distinguishedName(lines: string | undefined): string {
  const values = new Map<string, string[]>();
  for (const line of (lines ?? '').split('\n').filter((text) => text !== '')) {
    const at = line.indexOf('=');
    const type = line.slice(0, at);
    values.set(type, [...(values.get(type) ?? []), line.slice(at + 1)]);
  }
  return order
    .filter((type) => values.has(type))
    .map((type) =>
      (values.get(type) ?? []).map((value) => `${goNames[type] ?? type}=${escaped(value)}`).join('+'),
    )
    .join(',');
}

/** RFC 2253, as far as Go applies it. */
function escaped(value: string): string {
  return value.replace(/[,+"\\<>;]|^[ #]| $/g, (character) => `\\${character}`);
}
