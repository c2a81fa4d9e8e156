// A passkey in software, for a program that speaks to the server as a browser and an authenticator together
// would (WebAuthn level 3, sections 5.8.1, 6.3.2, 6.3.3): an ES256 key without an attestation statement. What
// it claims is the test's to set wrong.
//
//   const key = new Authenticator(server);
//   await enrol(person, key);                 // through the account's own pages, by a fresh code
//   await signInByPasskey(client, key);       // the answer of POST /signin/passkey
//   await key.into(page);                     // the same passkey in Chromium (chromium.mjs)

import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

import { virtualAuthenticator } from './chromium.mjs';
import { Client } from './http.mjs';
import { must, next } from './person.mjs';

const CREDENTIAL_BYTES = 32;
const FLAGS = { present: 1, verified: 4, eligible: 8, backedUp: 16, credential: 64 };

/** EdDSA, ES256, RS256, in this order. */
const ALGORITHMS = [-8, -7, -257];

const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

/** CBOR (RFC 8949) of what an attestation object is made of. */
function cbor(value) {
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  const pairs = [...value].flatMap(([key, held]) => [cbor(key), cbor(held)]);
  return Buffer.concat([head(5, value.size), ...pairs]);
}
function head(kind, count) {
  if (count < 24) return Buffer.from([(kind << 5) | count]);
  if (count < 256) return Buffer.from([(kind << 5) | 24, count]);
  return Buffer.from([(kind << 5) | 25, count >> 8, count & 255]);
}

export class Authenticator {
  /** `server`: whose origin and RP ID it is for. Options: present, verified, eligible, backedUp, counter,
   *  aaguid (16 bytes: whose authenticator it claims to be). */
  constructor(server, options = {}) {
    Object.assign(this, { origin: server.url, rpId: 'localhost', present: true, verified: true });
    Object.assign(this, { eligible: true, backedUp: true, counter: 0, aaguid: Buffer.alloc(16) }, options);
    this.id = randomBytes(CREDENTIAL_BYTES);
    this.keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.handle = Buffer.alloc(0); // the account, once it was told
  }

  #data(withCredential) {
    let flags = withCredential ? FLAGS.credential : 0;
    const claimed = ['present', 'verified', 'eligible', 'backedUp'].filter((claim) => this[claim]);
    for (const claim of claimed) flags |= FLAGS[claim];
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.counter);
    const parts = [sha256(this.rpId), Buffer.from([flags]), count];
    if (withCredential) {
      const { x, y } = this.keys.publicKey.export({ format: 'jwk' });
      const key = new Map([[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x, 'base64url')]]);
      key.set(-3, Buffer.from(y, 'base64url'));
      parts.push(this.aaguid, Buffer.from([0, this.id.length]), this.id, cbor(key));
    }
    return Buffer.concat(parts);
  }
  #clientData(type, challenge, more = {}) {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false, ...more }));
  }

  /** Fields for a registration. */
  made(options) {
    this.handle = Buffer.from(options.user_id, 'base64url');
    const object = new Map([['fmt', 'none'], ['attStmt', new Map()], ['authData', this.#data(true)]]);
    return {
      credential_id: base64url(this.id),
      client_data: base64url(this.#clientData('webauthn.create', options.challenge)),
      attestation: base64url(cbor(object)),
      transports: 'internal',
    };
  }
  /** Fields for a sign-in or a step-up. `more`: other members of the client data. */
  answer(options, more) {
    const clientData = this.#clientData('webauthn.get', options.challenge, more);
    const data = this.#data(false);
    return {
      credential_id: base64url(this.id),
      client_data: base64url(clientData),
      authenticator_data: base64url(data),
      signature: base64url(sign('sha256', Buffer.concat([data, sha256(clientData)]), this.keys.privateKey)),
      user_handle: base64url(this.handle),
    };
  }

  /** The same passkey in a page of Chromium; what is set on it there. */
  async into(page, device) {
    const own = device ?? (await deviceOf(page));
    await own.session.send('WebAuthn.addCredential', {
      authenticatorId: own.authenticatorId,
      credential: {
        credentialId: this.id.toString('base64'),
        isResidentCredential: true,
        rpId: this.rpId,
        privateKey: this.keys.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
        userHandle: this.handle.toString('base64'),
        signCount: this.counter,
        backupEligibility: this.eligible,
        backupState: this.backedUp,
      },
    });
    return own;
  }
}

/** An authenticator of Chromium's: touched(true) makes requests after it answered, knowsOwner(false) makes
 *  it fail to verify who touches it. */
export async function deviceOf(page, options = {}) {
  const { session, authenticatorId } = await virtualAuthenticator(page, options);
  return {
    session,
    authenticatorId,
    touched: (enabled) =>
      session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
    knowsOwner: (isUserVerified) =>
      session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    held: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}

/** Adds the passkey to the person's account, in the browser that is signed in. */
export async function enrol(person, key, client = person.client) {
  const begun = await person.confirm(client, await client.post('/account/passkeys/add', {}));
  must(begun);
  const options = must(await client.post('/account/passkeys/new/options', {}));
  assert.deepEqual(options.algorithms.map(({ id }) => id), ALGORITHMS);
  next(await client.post('/account/passkeys/new', key.made(options)));
  return key;
}

/** The address field asks for no passkey by itself on pages that load from now on. A touched authenticator
 *  answers such a request before a button can be pressed. */
export const withoutAutofill = (page) =>
  page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });

/** The answer to a passkey by itself. */
export async function signInByPasskey(client, key, more = {}) {
  const options = must(await client.post('/signin/passkey/options', {}));
  return client.post('/signin/passkey', { ...key.answer(options), ...more });
}

/** The answer to a passkey after the password. */
export async function showKey(client, key) {
  const options = must(await client.post('/signin/key/options', {}));
  return client.post('/signin/key', key.answer(options));
}

/** For Server.start, where passkeys are used: the server knows its own address. */
export const withPasskeys = ({ url }) =>
  `[public]\nurl = "${url}"\nrp_id = "localhost"\n[factors]\npasskeys = true\n`;

const OLD_ENOUGH_HOURS = 80; // more than 72: they may stand in for a password
const REMOVED_HOURS = 73; // more than the longer wait of a removal
const AAGUIDS = {
  apple: 'fbfc3007154e4ecc8c0b6e020557d7bd', // iCloud Keychain
  google: 'ea9b8d664d011d213ce4b6b48cb575d4', // Google Password Manager
};

/** Two passkeys in different places, old enough to stand in for the password; the person signs in anew. */
export async function enrolTwo(server, person) {
  const keys = [];
  for (const aaguid of Object.values(AAGUIDS))
    keys.push(await enrol(person, new Authenticator(server, { aaguid: Buffer.from(aaguid, 'hex') })));
  server.moveClock({ hours: OLD_ENOUGH_HOURS });
  person.client = await person.signIn(new Client(server.url), '/signin/key');
  return keys;
}

/** An account that its passkeys alone open; the password was removed. */
export async function withoutPassword(server, person) {
  const keys = await enrolTwo(server, person);
  const asked = await person.client.post('/account/password/remove', {});
  assert.equal(next(await person.confirm(person.client, asked)), '/account/password?done=leaves');
  server.moveClock({ hours: REMOVED_HOURS });
  await server.restart(); // the worker looks at once
  await person.mailbox.next(person.email, { matches: (mail) => mail.subject.endsWith('was removed') });
  return keys;
}
