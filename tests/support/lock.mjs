// Locking and opening an account through the JSON API.

import { Client } from './http.mjs';
import { codeIn } from './mailbox.mjs';
import { must, next } from './person.mjs';

export const MAILED_DIGITS = 8;
const LOCK_CODE = /\b([0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5})\b/;

/** The lock code of a message, with the address of its page before it. */
export function lockCodeIn(mail) {
  const line = mail.text.split('\n').find((one) => one.includes('/lock'));
  const match = line && line.match(LOCK_CODE);
  if (!match) throw new Error(`no lock code in:\n${mail.text}`);
  return match[1];
}

export async function newestLockCode(person) {
  return lockCodeIn(await person.mailbox.next(person.email, { matches: (mail) => /\/lock/.test(mail.text) }));
}

/** POST /lock as a person fills the form in. */
export async function lock(client, email, code, more = {}) {
  const page = must(await client.get('/lock'));
  const { step_token, step_number } = page;
  return client.post('/lock', { email, code, step_token, step_number, ...more });
}

export class Unlock {
  constructor(person, client = new Client(person.server.url)) {
    Object.assign(this, { person, client });
  }
  async begin() {
    const { email, mailbox, server } = this.person;
    server.moveClock({ minutes: 2 }); // no two code mails in a minute
    const enter = async () => next(await this.client.post('/unlock', { email }));
    const mail = await mailbox.after(email, enter, { matches: (one) => /^\d{8}$/m.test(one.text) });
    this.code = codeIn(mail, MAILED_DIGITS);
  }
  async show(what, code) {
    return this.client.post('/unlock/check', { with: what, code });
  }
}
