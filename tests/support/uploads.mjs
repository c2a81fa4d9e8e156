// A mail given to /verify/mail, as a program and as a browser's form does; and what people and forgers do to
// mails.

import { randomBytes } from 'node:crypto';

import { Client } from './http.mjs';
import { until } from './until.mjs';

/** As JSON: {recipient, source}. */
export function checkMail(server, recipient, source, options = {}) {
  return new Client(server.url).post('/verify/mail', { recipient, source }, options);
}

/** As a form with a file, of any bytes. `page`: HTML is asked for, as by a browser. */
export function uploadMail(server, recipient, file, { page = false, headers = {}, fields = {} } = {}) {
  const boundary = `----test${randomBytes(8).toString('hex')}`;
  const parts = Object.entries({ recipient, ...fields }).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="mail.eml"\r\n`;
  const body = Buffer.concat([
    Buffer.from(parts.join('') + head + 'Content-Type: message/rfc822\r\n\r\n'),
    Buffer.from(file),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const type = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };
  const accept = page ? { Accept: 'text/html' } : {};
  return new Client(server.url).send('POST', '/verify/mail', {
    body,
    headers: { ...type, ...accept, ...headers },
  });
}

/** The mail of welcome, once the ledger knows that it was handed over: then its parts are kept. */
export async function welcomeMail(person) {
  const matches = ({ subject }) => subject.startsWith('Welcome');
  const mail = await person.mailbox.next(person.email, { matches });
  await until(async () => {
    const { messages } = (await person.client.get('/account/messages')).json;
    return messages.some(({ number, state }) => mail.raw.includes(number) && state === 'delivered');
  }, 'the mail of welcome is marked as delivered');
  return mail;
}

/** `raw` with the first `what` in it replaced; it is there. */
export function changed(raw, what, by) {
  if (!raw.includes(what)) throw new Error(`${what} is not in the mail`);
  return raw.replace(what, () => by);
}

/** Forwarded as an attachment (message/rfc822). */
export function attached(raw, from = 'ada@mail.example') {
  return (
    `From: ${from}\r\nTo: bob@mail.example\r\nSubject: Fwd\r\nMessage-ID: <1@mail.example>\r\n` +
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\n\r\nLook.\r\n' +
    `--o\r\nContent-Type: message/rfc822\r\n\r\n${raw}\r\n--o--\r\n`
  );
}

/** Forwarded inside a text, with marks of quoting. */
export function quoted(text, from = 'ada@mail.example') {
  return (
    `From: ${from}\r\nTo: bob@mail.example\r\nSubject: Fwd\r\nMessage-ID: <1@mail.example>\r\n` +
    'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nLook at this.\r\n\r\n> ' +
    text.replace(/\r?\n/g, '\r\n> ')
  );
}

/** The parts that are not as they were sent: {name: state}. */
export function wrongParts({ parts }) {
  const wrong = parts.filter(({ state }) => state !== 'same');
  return Object.fromEntries(wrong.map(({ name, state }) => [name, state]));
}
