// The development mailbox, read as JSON (`GET /dev/messages`: newest first; to, subject, text, html, headers,
// raw).

import { request } from './http.mjs';
import { until } from './until.mjs';

export class Mailbox {
  constructor(server) {
    this.server = server;
  }

  /** Every message so far, newest first; those to one address when `to` is given. */
  async all(to) {
    const answer = await request(this.server.url, 'GET', '/dev/messages', {
      headers: { Authorization: `Bearer ${this.server.devToken}`, Accept: 'application/json' },
    });
    if (answer.status !== 200)
      throw new Error(`/dev/messages: ${answer.status} ${answer.body.slice(0, 300)}`);
    const list = Array.isArray(answer.json) ? answer.json : answer.json.messages;
    return to ? list.filter((mail) => recipients(mail).includes(to.toLowerCase())) : list;
  }

  /** Waits for the newest message to `to` that `matches`, beyond the `seen` ones that were there before. */
  async next(to, { matches = () => true, seen = 0, seconds = 20 } = {}) {
    return until(
      async () => {
        const mails = await this.all(to);
        return mails.slice(0, mails.length - seen).find(matches);
      },
      `a mail to ${to}`,
      seconds,
    );
  }

  /** Does `act`, and waits for the mail that it causes. */
  async after(to, act, options = {}) {
    const seen = (await this.all(to)).length;
    await act();
    return this.next(to, { ...options, seen });
  }
}

function recipients(mail) {
  const to = Array.isArray(mail.to) ? mail.to : [mail.to];
  return to.map((address) =>
    String(address?.address ?? address)
      .replace(/^.*<|>.*$/g, '')
      .trim()
      .toLowerCase(),
  );
}

/** The code in a mail's text: the first group of `digits` digits (spaces or a dash may part it). */
export function codeIn(mail, digits = 6) {
  const half = Math.floor(digits / 2);
  const match = mail.text.match(new RegExp(`(?<!\\d)(\\d{${half}})[ -]?(\\d{${digits - half}})(?!\\d)`));
  if (!match) throw new Error(`no code of ${digits} digits in:\n${mail.text}`);
  return match[1] + match[2];
}

/** The links in a mail's text. */
export function linksIn(mail) {
  return [...mail.text.matchAll(/https?:\/\/[^\s<>"]+/g)].map((match) => match[0]);
}

/** A mail's text without the line of its lock code, which looks like a stop code. */
export function withoutLock(mail) {
  return mail.text.replace(/^.*\/lock.*$/gm, '');
}
