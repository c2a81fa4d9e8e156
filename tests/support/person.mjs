// A person with an account, made through the doors that everybody has: the JSON API and the mailbox.
//
//   const person = await signUp(server);      // email, password, secret, codes, words, client (signed in)
//   const other = await person.signIn();      // a new browser, by password and code
//   await person.freshCode();                 // a code of an unused step; moves the clock for it

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { Client } from './http.mjs';
import { Mailbox, codeIn } from './mailbox.mjs';
import { Server } from './server.mjs';
import { STEP_SECONDS, totp } from './totp.mjs';

export const SESSION = '__Host-session';
export const HALF = '__Host-sign_in';
export const SIGN_UP = '__Host-sign_up';
const MAILED_DIGITS = 8;
const PROOF_CHARACTERS = 4;

export function freshAddress(domain = 'mail.example') {
  return `p${randomBytes(5).toString('hex')}@${domain}`;
}
export function freshPassword() {
  return `${randomBytes(5).toString('hex')} lamp ${randomBytes(5).toString('hex')}`;
}

/** The answer's JSON, or an error with all of it where the status is another. */
export function must(answer, status = 200) {
  assert.equal(answer.status, status, `${answer.status} ${answer.body.slice(0, 500)}`);
  return answer.json;
}
/** The address that the answer leads to. */
export function next(answer) {
  return must(answer).next;
}

/** The steps of a sign-up one by one; each gives where it leads. */
export class SignUp {
  constructor(server, { email = freshAddress(), password = freshPassword(), client, mailbox } = {}) {
    Object.assign(this, { server, email, password });
    this.client = client ?? new Client(server.url);
    this.mailbox = mailbox ?? new Mailbox(server);
  }

  /** Enters the address; the mail that follows. */
  async enter(more = {}) {
    const enter = async () => next(await this.client.post('/signup', { email: this.email, ...more }));
    this.mail = await this.mailbox.after(this.email, enter);
    return this.mail;
  }
  mailedCode() {
    return codeIn(this.mail, MAILED_DIGITS);
  }
  async confirm(more = {}) {
    return next(await this.client.post('/signup/confirm', { code: this.mailedCode(), ...more }));
  }
  async choosePassword(more = {}) {
    return next(await this.client.post('/signup/secure', { password: this.password, ...more }));
  }
  async addApp(more = {}) {
    this.secret = must(await this.client.get('/signup/second')).key.replaceAll(' ', '');
    this.usedStep = stepOf(this.server.now());
    this.enrolmentCode = totp(this.secret, this.server.now());
    return next(await this.client.post('/signup/second', { code: this.enrolmentCode, ...more }));
  }
  async keepKit() {
    const kit = must(await this.client.get('/signup/kit'));
    this.codes = kit.codes;
    this.words = kit.words;
    return next(await this.client.post('/signup/kit', {}));
  }
  async prove(more = {}) {
    const { number } = must(await this.client.get('/signup/kit/proof'));
    const part = this.codes[number - 1].replaceAll('-', '').slice(-PROOF_CHARACTERS);
    return next(await this.client.post('/signup/kit/proof', { part, ...more }));
  }

  /** All of them. */
  async finish() {
    await this.enter();
    await this.confirm();
    await this.choosePassword();
    await this.addApp();
    await this.keepKit();
    await this.prove();
    return new Person(this);
  }
}

function stepOf(ms) {
  return Math.floor(ms / 1000 / STEP_SECONDS);
}

export class Person {
  constructor({ server, email, password, secret, codes, words, client, mailbox, usedStep, enrolmentCode }) {
    Object.assign(this, { server, email, password, secret, codes, words, client, mailbox, usedStep });
    this.enrolmentCode = enrolmentCode;
    this.usedCodes = 0;
  }

  /** A code that was never used; the clock moves to the next step where this one was. */
  freshCode() {
    const step = stepOf(this.server.now());
    const ahead = this.usedStep + 1 - step;
    if (ahead > 0) this.server.moveClock({ seconds: ahead * STEP_SECONDS });
    this.usedStep = Math.max(step, this.usedStep + 1);
    return totp(this.secret, this.usedStep * STEP_SECONDS * 1000);
  }
  freshRecoveryCode() {
    return this.codes[this.usedCodes++];
  }

  /** The first factor in a browser (a new one by default), which then holds a half-finished sign-in; `leads`:
   *  to the page of the first method. */
  async enterPassword(client = new Client(this.server.url), leads = '/signin/code') {
    const answer = await client.post('/signin', { email: this.email, password: this.password });
    assert.equal(next(answer), leads);
    return client;
  }
  async signIn(client, leads) {
    const browser = await this.enterPassword(client, leads);
    next(await browser.post('/signin/code', { code: this.freshCode() }));
    return browser;
  }
  async signInByRecoveryCode(client) {
    const browser = await this.enterPassword(client);
    next(await browser.post('/signin/recovery-code', { code: this.freshRecoveryCode() }));
    return browser;
  }

  /** Shows the app's code for what a POST asked to be confirmed (`asked`: its answer, which leads to the
   *  page). */
  async confirm(client, asked, proof = this.freshCode()) {
    const page = must(await client.get(next(asked)));
    return client.post(page.confirm_path, { step_up: page.step_up, proof });
  }
  /** The change as far as its end: the answer of the last POST. */
  async changePassword(client, password) {
    return this.confirm(client, await client.post('/account/password', { new_password: password }));
  }
}

/** A person with a password, an app and a kit; options: email, password, client, mailbox. */
export async function signUp(server, options) {
  return new SignUp(server, options).finish();
}

/** Another process on the same data and clock, with ports of its own. */
export function secondProcess(server, t, options = {}) {
  const env = { SALLYPORT_DATA: join(server.folder, 'data'), SALLYPORT_TEST_CLOCK: server.clockFile };
  return Server.start({ t, ...options, env: { ...env, ...options.env } });
}

/** The session of a browser: its facts, or null. */
export async function sessionOf(client, base = client.base) {
  const other = client.copy();
  other.base = base;
  const answer = await other.get('/api/v1/session');
  if (answer.status === 401) return null;
  return must(answer);
}

/** A browser with the same cookies at another process. */
export function at(client, server) {
  const other = client.copy();
  other.base = server.url;
  return other;
}
