// The person's authenticator app (RFC 6238: HMAC-SHA-1, six digits, 30 seconds).

import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
export const STEP_SECONDS = 30;

export function fromBase32(text) {
  let bits = 0;
  let value = 0;
  const bytes = [];
  for (const letter of text.toUpperCase().replace(/[\s=-]/g, '')) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) throw new Error(`not base32: ${letter}`);
    value = (value << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >>> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}

/** The code for a base32 secret at `ms` since 1970, `steps` steps later. */
export function totp(secret, ms, steps = 0, digits = 6) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(ms / 1000 / STEP_SECONDS) + steps));
  const mac = createHmac('sha1', Buffer.isBuffer(secret) ? secret : fromBase32(secret))
    .update(counter)
    .digest();
  const at = mac[mac.length - 1] & 0xf;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 10 ** digits).padStart(digits, '0');
}

/** A code that is wrong at `ms`, in every step that a server could accept. */
export function wrongCode(secret, ms) {
  const right = new Set(Array.from({ length: 41 }, (_, i) => totp(secret, ms, i - 20)));
  for (let n = 123456; ; n++) {
    const code = String(n % 1000000).padStart(6, '0');
    if (!right.has(code)) return code;
  }
}
