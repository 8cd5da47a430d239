import { randomBytes, randomInt } from 'node:crypto';

/** A version 7 UUID, as stored resources and certificates have them. */
export function uuid7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A generated API key: 64 hexadecimal digits behind a prefix. */
export function generatedKey(): string {
  return `apip_${randomBytes(32).toString('hex')}`;
}

export function generatedKeyName(handle: string): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const suffix = Array.from({ length: 8 }, () => letters.charAt(randomInt(letters.length))).join('');
  return `${handle}-key-${suffix}`;
}
