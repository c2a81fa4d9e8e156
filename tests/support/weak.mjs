// A person whom the operator let go without an app, and who then turned on a weak second factor; and their
// step-up through the JSON API: the password, a code that is sent, the code.
//
//   const server = await Server.start({ t, config: LENIENT });
//   const person = await weakPerson(server, 'mail');        // or 'text', or '' for the password alone
//   const asked = await person.client.post('/account/app/add', {});
//   await approveWeakly(person, asked, 'mail');

import { NUMBER, codeOf, textAfter } from './codes.mjs';
import { Client } from './http.mjs';
import { SignUp, must, next } from './person.mjs';

export const LENIENT = ({ url }) =>
  `[public]\nurl = "${url}"\nrp_id = "localhost"\n[factors]\npasskeys = true\n` +
  '[passwords]\nsecond_factor_mandatory = false\n';

const PROOF_CHARACTERS = 4;
const partOf = (code) => code.replaceAll('-', '').slice(-PROOF_CHARACTERS);

const CODE = { matches: (mail) => /^\d{6}$/m.test(mail.text) };

/** What `act` causes: a mail or a text with a code. */
export function messageAfter(person, kind, act) {
  if (kind === 'text') return textAfter(person.server, NUMBER, act);
  return person.mailbox.after(person.email, act, CODE);
}

export async function weakPerson(server, kind) {
  const way = new SignUp(server);
  await way.enter();
  await way.confirm();
  await way.choosePassword();
  next(await way.client.post('/signup/second/later', { later: 'yes' }));
  const { email, password, client, mailbox } = way;
  const person = { server, email, password, client, mailbox };
  if (kind === 'mail') next(await byPassword(person, await person.client.post('/account/mail-code/on', {})));
  if (kind === 'text') {
    const asked = await person.client.post('/account/phone', { number: NUMBER });
    const text = await textAfter(server, NUMBER, async () => next(await byPassword(person, asked)));
    next(await person.client.post('/account/phone/code', { code: codeOf(text) }));
  }
  return person;
}

/** The password alone, where there is no second factor. */
export async function byPassword(person, asked, client = person.client) {
  const page = must(await client.get(next(asked)));
  return client.post(page.confirm_path, { step_up: page.step_up, proof: person.password });
}

/** The page of the code, after the right password. */
export async function passwordFirst(person, asked, client = person.client) {
  const at = next(asked);
  const page = must(await client.get(at));
  next(await client.post(page.password_path, { proof: person.password }));
  return { at, ...must(await client.get(at)) };
}

export async function approveWeakly(person, asked, kind, client = person.client) {
  const page = await passwordFirst(person, asked, client);
  const message = await messageAfter(person, kind, async () =>
    next(await client.post(page.send_path, { by: kind, target: '0' })),
  );
  const proof = codeOf(message);
  const answer = await client.post(page.confirm_path, { step_up: page.step_up, by: kind, proof });
  return { answer, message, proof };
}

/** The account's first kit, which a weak proof may add. */
export async function makeKitWeakly(person, kind) {
  const { client } = person;
  const { answer } = await approveWeakly(person, await client.post('/account/kit', {}), kind);
  const { codes } = must(await client.get(next(answer)));
  const { asked } = must(await client.get(next(await client.post('/account/kit/new/saved', {}))));
  next(await client.post('/account/kit/new/proof', { part: partOf(codes[asked - 1]) }));
}

/** Signs in by password and a sent code, in a new browser; null where the password alone does. */
export async function signInWeakly(person, kind) {
  const client = new Client(person.server.url);
  const { email, password } = person;
  next(await client.post('/signin', { email, password }));
  const path = kind === 'text' ? '/signin/sms' : '/signin/mail';
  const message = await messageAfter(person, kind, async () => next(await client.post(`${path}/send`, {})));
  return { client, answer: await client.post(path, { code: codeOf(message) }) };
}
