// Changing an account's e-mail address (A11) through the JSON API.

import { DIGITS } from './codes.mjs';
import { codeIn, withoutLock } from './mailbox.mjs';
import { freshAddress, must, next } from './person.mjs';

/** Longer than a change waits at most. */
export const WAIT = { hours: 73 };

export const stopCodeIn = (mail) => withoutLock(mail).match(/\b([0-9A-Z]{5}-[0-9A-Z]{5})\b/)?.[1];
export const withStopCode = { matches: (mail) => stopCodeIn(mail) !== undefined };
export const stop = (client, code, more = {}) => client.post('/recover/stop', { stop: code, ...more });

/** As far as the code page; the mail with the code. */
export async function begin(person, to = freshAddress('new.example'), client = person.client) {
  const asked = await client.post('/account/email', { email: to });
  const mail = await person.mailbox.after(to, async () => next(await person.confirm(client, asked)), {
    matches: (one) => /^\d{6}$/m.test(one.text),
  });
  return { to, code: codeIn(mail, DIGITS), mail };
}

/** As far as the change that waits: the new address, and the mail to the old one. */
export async function askChange(person, to, client = person.client) {
  const begun = await begin(person, to, client);
  const told = await person.mailbox.after(
    person.email,
    async () => next(await client.post('/account/email/code', { code: begun.code })),
    withStopCode,
  );
  return { ...begun, told };
}

/** Moves the clock until it is done: the mail to the old address, which brings it back. */
export async function finish(person) {
  return person.mailbox.after(person.email, () => person.server.moveClock(WAIT), withStopCode);
}

/** The change that waits, as A1 shows it. */
export async function waiting(client) {
  return must(await client.get('/account')).changes;
}
