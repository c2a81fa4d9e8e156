// Every single bit of published WebAuthn responses, flipped: ours refuses each, and SimpleWebAuthn's server
// judges the same inputs beside it. Where the two differ, a table below says why.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import {
  SettingsService,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';

import { ROOT, VECTORS } from './places.mjs';
import { test } from './test.mjs';

const PROGRAM = join(ROOT, 'build/release/tests/webauthn_verdicts');
const PARTS = ['client_data', 'authenticator_data', 'signature', 'public_key'];
const ALGORITHMS = [-7, -8, -35, -36, -53, -257];

// SimpleWebAuthn looks at the clock, and at roots of its own for Android; ours does neither unasked.
const RealDate = Date;
let now = 0;
globalThis.Date = class extends RealDate {
  constructor(...words) {
    super(...(words.length ? words : [now]));
  }
  static now() {
    return now;
  }
};
// The certificate of Apple's sample lived a day in 2020.
SettingsService.setRootCertificates({ identifier: 'apple', certificates: [] });
/** A moment at which the sample's certificates were valid. */
function momentOf(sample) {
  const late = !sample.name.startsWith('verify') || sample.name === 'verifyAttestationAndroidKey inline@95';
  return late ? RealDate.UTC(2025, 0, 16) : RealDate.UTC(2022, 6, 1);
}
const androidRoots = SettingsService.getRootCertificates({ identifier: 'android-key' });
const w3cRoot = () => readFileSync(join(VECTORS, 'webauthn/w3c-test-attestation-ca.pem'), 'utf8');

/** Our program; each line that it is asked is answered by one. */
class Verdicts {
  constructor(t, ...words) {
    const env = { ...process.env, SALLYPORT_VECTORS: VECTORS };
    this.child = spawn(PROGRAM, words, { stdio: ['pipe', 'pipe', 'inherit'], env });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    t.cleanup(() => this.child.kill());
  }
  async next() {
    return (await this.lines.next()).value;
  }
  ask(request) {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.next();
  }
}

async function samplesOf(t) {
  if (!existsSync(VECTORS)) t.skip('the folder of published vectors is absent: set SALLYPORT_VECTORS');
  const list = new Verdicts(t, 'list');
  const samples = [];
  for (let line; (line = await list.next()) !== undefined; ) samples.push(JSON.parse(line));
  return samples;
}

const bytesOf = (text) => Buffer.from(text, 'base64url');
const textOf = (bytes) => Buffer.from(bytes).toString('base64url');

/** SimpleWebAuthn's verdict: 'verified', or the first words of why not. */
async function theirs(sample, parts) {
  const common = {
    expectedChallenge: sample.challenge,
    expectedOrigin: sample.origin,
    expectedRPID: sample.rp_id,
    requireUserVerification: false,
    ...(sample.top_origin && !sample.create && { expectedTopOrigin: sample.top_origin }),
  };
  now = momentOf(sample);
  SettingsService.setRootCertificates({
    identifier: 'android-key',
    certificates: sample.name.startsWith('verify') ? androidRoots : [w3cRoot()],
  });
  const id = sample.raw_id;
  const credential = { id, rawId: id, type: 'public-key', clientExtensionResults: {} };
  try {
    const answer = sample.create
      ? await verifyRegistrationResponse({
          ...common,
          supportedAlgorithmIDs: ALGORITHMS,
          response: {
            ...credential,
            response: {
              clientDataJSON: textOf(parts.client_data),
              attestationObject: textOf(parts.attestation_object),
            },
          },
        })
      : await verifyAuthenticationResponse({
          ...common,
          credential: { id: sample.raw_id, publicKey: new Uint8Array(parts.public_key), counter: 0 },
          response: {
            ...credential,
            response: {
              clientDataJSON: textOf(parts.client_data),
              authenticatorData: textOf(parts.authenticator_data),
              signature: textOf(parts.signature),
            },
          },
        });
    return answer.verified ? 'verified' : 'the signature';
  } catch (error) {
    return `${error.name}: ${error.message}`.slice(0, 120);
  }
}

function partsOf(sample) {
  const parts = {};
  for (const part of [...PARTS, 'attestation_object']) parts[part] = bytesOf(sample[part]);
  if (sample.create) {
    for (const part of ['authenticator_data', 'signature']) {
      const offset = sample[`${part}_offset`] ?? 0; // absent where the part is empty
      parts[part] = parts.attestation_object.subarray(offset, offset + parts[part].length);
    }
  }
  return parts;
}

// What SimpleWebAuthn does with each change that ours refuses and it does not, or the reverse: found by
// running both, then read in its source. Every row is used; a disagreement without a row fails.
const LAST_LENGTH = 'the length of the last string';
const isWithin = (byte, [from, to]) => byte >= from && byte <= to;
const DISAGREEMENTS = [
  {
    part: 'signature',
    ours: /^(attestation_)?signature_wrong$/,
    theirs: /^verified$/,
    bytes: [0, 2], // the outer head, three bytes for ES512
    why: 'its DER reader ignores the class of the outer tag and an outer length that is too large',
  },
  {
    part: 'public_key',
    ours: /^key_not_canonical$/,
    theirs: /^verified$/,
    bytes: LAST_LENGTH,
    why: 'its CBOR reader gives out fewer bytes than a string announces; ours says that it is cut off',
  },
  {
    part: 'public_key',
    ours: /^key_wrong_type$/,
    theirs: /^verified$/,
    bytes: [4, 4],
    why: 'it takes an OKP key by its curve and does not look at alg; ours wants the two to belong together',
  },
  {
    part: 'authenticator_data',
    format: 'fido-u2f',
    ours: /^verified$/,
    theirs: /AAGUID/,
    bytes: [37, 52],
    why: 'it wants an AAGUID of zero; section 8.6 has no such step, and the vectors of level 3 have another',
  },
  {
    part: 'authenticator_data',
    format: 'fido-u2f',
    ours: /^key_(member_missing|not_canonical|wrong_type)$/,
    theirs: /^verified$/,
    bytes: [120, 163],
    why: 'U2F signs the point alone, and it does not check the labels and lengths of the key around it',
  },
];

// Whole responses on which the two differ. The two refuse most of the others for the same reasons.
const WHOLE = {
  'packed-ed448 get': [/^verified$/, /alg -53/, 'it does not know Ed448'],
  'tpm-es256 create': [/^verified$/, /TPM manufacturer/, 'it lists makers; ours leaves them to anchors'],
  'android-key-es256 create': [/^verified$/, /certificate path/, 'it wants the root inside x5c'],
  'fido-u2f-es256 create': [/^verified$/, /AAGUID/, 'it wants an AAGUID of zero; section 8.6 does not'],
  'verifyAttestationTPM inline@92': [
    /^attestation_certificate_unfit$/,
    /^verified$/,
    'it does not read the authority key identifier, which is malformed',
  ],
  'verifyAttestationAndroidKey inline@38': [
    /^verified$/,
    /not a known root/,
    'a root of the conformance tests; ours asks for trust apart',
  ],
  'verifyRegistrationResponse inline@703': [/^verified$/, /not a known root/, 'as above'],
};

// Registrations beside every authentication that verifies. The certificates of the other formats make the
// other side slow; webauthn_bits_test.cpp changes each byte of all of them.
const REGISTRATIONS = [
  'packed-self-es256 create',
  'packed-es256 create',
  'verifyRegistrationResponse attestationFIDOU2F',
];
const AT_ONCE = 64;
const U2F_SIGNED = (byte) => byte < 32 || byte > 52; // not flags, counter and AAGUID: section 8.6

test('whole responses: the two agree, or a table says why not', async (t) => {
  const samples = await samplesOf(t);
  const ours = new Verdicts(t);
  const differing = [];
  for (const sample of samples) {
    const mine = await ours.ask({ sample: sample.name });
    const other = await theirs(sample, partsOf(sample));
    if ((mine === 'verified') === (other === 'verified')) continue;
    differing.push(sample.name);
    const [wanted, theirWanted] = WHOLE[sample.name] ?? [];
    assert.ok(wanted?.test(mine) && theirWanted.test(other), `${sample.name}: ours ${mine}, theirs ${other}`);
  }
  assert.deepEqual(differing.sort(), Object.keys(WHOLE).sort());
  assert.equal(samples.length, 65);
});

/** Whether the byte is the length, of one byte or within the head, of a string that reaches to the end. */
const announcesTheRest = (bytes, at) => {
  const rest = bytes.length - at - 1;
  return bytes[at] === rest || (bytes[at] & 0x1f) === rest;
};

/** Judges each flip of a part by both; gives how many bits there were. */
async function compareBits(ours, sample, part, used, unexplained) {
  const parts = partsOf(sample);
  const bytes = parts[part];
  const verdicts = (await ours.ask({ sample: sample.name, part })).trim().split(' ');
  assert.equal(verdicts.length, bytes.length * 8);
  const others = [];
  for (let bit = 0; bit < verdicts.length; bit++) {
    if (bit % AT_ONCE === 0) await Promise.all(others);
    bytes[bit >> 3] ^= 1 << (bit & 7);
    others.push(theirs(sample, parts)); // which copies the parts before it first waits
    bytes[bit >> 3] ^= 1 << (bit & 7);
  }
  for (let bit = 0; bit < verdicts.length; bit++) {
    const byte = bit >> 3;
    const other = await others[bit];
    const mine = verdicts[bit];
    const where = `${sample.name}, ${part}, bit ${bit & 7} of byte ${byte}: ours ${mine}, theirs ${other}`;
    const unsigned = sample.format === 'fido-u2f' && part === 'authenticator_data' && !U2F_SIGNED(byte);
    if (mine === 'verified' && !unsigned) unexplained.push(where);
    if ((mine === 'verified') === (other === 'verified')) continue;
    const row = DISAGREEMENTS.find(
      (one) =>
        one.part === part &&
        (one.format ?? sample.format) === sample.format &&
        one.ours.test(mine) &&
        one.theirs.test(other) &&
        (one.bytes === LAST_LENGTH ? announcesTheRest(bytes, byte) : isWithin(byte, one.bytes)),
    );
    if (row) used.set(row, (used.get(row) ?? 0) + 1);
    else unexplained.push(where);
  }
  return verdicts.length;
}

test(
  'every single bit of client data, authenticator data, signature and key',
  async (t) => {
    const samples = await samplesOf(t);
    const ours = new Verdicts(t);
    const used = new Map();
    const unexplained = [];
    let responses = 0;
    let bits = 0;
    for (const sample of samples) {
      if (sample.create && !REGISTRATIONS.includes(sample.name)) continue;
      if ((await ours.ask({ sample: sample.name })) !== 'verified') continue;
      for (const part of PARTS) {
        if (partsOf(sample)[part].length) bits += await compareBits(ours, sample, part, used, unexplained);
      }
      responses++;
    }
    console.log(`${responses} responses, ${bits} changed inputs; disagreements:`);
    for (const row of DISAGREEMENTS) console.log(`  ${row.part}: ${used.get(row) ?? 0}, because ${row.why}`);
    assert.deepEqual(unexplained, []);
    assert.equal(responses, 19 + REGISTRATIONS.length);
    assert.equal(used.size, DISAGREEMENTS.length);
  },
  { seconds: 1500 },
);
