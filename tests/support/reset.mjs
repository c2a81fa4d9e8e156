// A reset and the roads back through the JSON API, step by step.

import { Client } from './http.mjs';
import { codeIn } from './mailbox.mjs';
import { freshPassword, next } from './person.mjs';

export const MAILED_DIGITS = 8;

/** Other mails of the same minute hold none. */
function holdsCode(mail) {
  return /^\d{8}$/m.test(mail.text);
}

export class Reset {
  constructor(person, client = new Client(person.server.url), base = '/reset') {
    Object.assign(this, { person, client, base });
  }
  /** Enters the address; the mailed code. */
  async ask(more = {}) {
    const { email, mailbox } = this.person;
    const enter = async () => next(await this.client.post(this.base, { email, ...more }));
    this.mail = await mailbox.after(email, enter, { matches: holdsCode });
    this.code = codeIn(this.mail, MAILED_DIGITS);
    return this.code;
  }
  async confirm(more = {}) {
    return next(await this.client.post(`${this.base}/check`, { code: this.code, ...more }));
  }
  async showApp(more = {}) {
    return next(await this.client.post('/reset/factor', { code: this.person.freshCode(), ...more }));
  }
  /** The person knows the new password from then on. */
  async choose(password = freshPassword()) {
    const led = next(await this.client.post('/reset/new', { new_password: password }));
    this.person.password = password;
    return led;
  }
  async finish() {
    await this.ask();
    await this.confirm();
    await this.showApp();
    return this.choose();
  }
}
