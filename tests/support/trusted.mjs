// A trusted browser through the JSON API: the key that a browser would keep, and the two ways of using it.

import { generateKeyPairSync, sign } from 'node:crypto';

import { must, next } from './person.mjs';

export class BrowserKey {
  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y } = publicKey.export({ format: 'jwk' });
    const point = [Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
    this.point = Buffer.concat(point).toString('base64url');
    this.key = privateKey;
  }
  sign(text) {
    const options = { key: this.key, dsaEncoding: 'ieee-p1363' };
    return sign('sha256', Buffer.from(text), options).toString('base64url');
  }
  /** What the ticked box sends, for the challenge of the page. */
  wish(challenge) {
    return { trust: '1', trust_key: this.point, trust_signature: this.sign(challenge) };
  }
}

/** What the page of the code offers after the password. */
export async function offered(client) {
  return must(await client.get('/signin/code'));
}

/** Password and code, with the box ticked: the browser is trusted then. */
export async function trust(person, key, client) {
  const browser = await person.enterPassword(client);
  const { trust_make } = await offered(browser);
  next(await browser.post('/signin/code', { code: person.freshCode(), ...key.wish(trust_make) }));
  return browser;
}

/** Password and the key of the browser: the answer. */
export async function enter(person, key, client) {
  await person.enterPassword(client);
  const { trust_use } = await offered(client);
  return client.post('/signin/trusted', { signature: key.sign(trust_use) });
}
