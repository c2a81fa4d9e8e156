// Codes by mail and text as second factors, through the JSON API; the phone of `sallyport dev`.

import { request } from './http.mjs';
import { must, next } from './person.mjs';
import { until } from './until.mjs';

export const DIGITS = 6;
export const NUMBER = '+351912345678';
export const LANDLINE = '+351212345678';

// A sign-in in a new browser is told by text, too (T12): no test that waits for another text is to see it.
const OF_A_NEW_BROWSER = /new browser signed in|سجّل متصفح جديد/i;

/** Every text so far but those, newest first; those to one number where `to` is given. */
export async function texts(server, to) {
  const answer = await request(server.url, 'GET', '/dev/texts', {
    headers: { Authorization: `Bearer ${server.devToken}`, Accept: 'application/json' },
  });
  return must(answer).filter((text) => (!to || text.to === to) && !OF_A_NEW_BROWSER.test(text.text));
}

/** Does `act`, and waits for the text to `to` that it causes. */
export async function textAfter(server, to, act) {
  const seen = (await texts(server, to)).length;
  await act();
  return until(async () => {
    const all = await texts(server, to);
    return all.slice(0, all.length - seen)[0];
  }, `a text to ${to}`);
}

export function codeOf(message) {
  return message.text.match(/(?<!\d)\d{6}(?!\d)/)[0];
}

/** What a call read out, sign by sign. */
export function spokenCode(call) {
  if (call.kind !== 'call') throw new Error(`a ${call.kind}, not a call: ${call.text}`);
  return call.text.match(/\d(, \d){5}/)[0].replaceAll(', ', '');
}

export async function turnOnMailCodes(person, client = person.client) {
  return next(await person.confirm(client, await client.post('/account/mail-code/on', {})));
}

/** Adds a number as far as its code. */
export async function addPhone(person, number = NUMBER, client = person.client) {
  const { server } = person;
  const asked = await client.post('/account/phone', { number });
  const message = await textAfter(server, number, async () => next(await person.confirm(client, asked)));
  return next(await client.post('/account/phone/code', { code: codeOf(message) }));
}
