// Through the pages of an account, of the ways to sign in to it and of the roads back to it, and each state
// of them that a person can bring about, in any of the languages:
//
//   const server = await Server.start({ t, config: everything });
//   await tourAccount(server, page, { language: 'en-XA', look: async (name, data) => … });
//
// `look` is called with the page in the state of that name; `data`: what people chose themselves.

import { withPasskeys, withoutAutofill } from './authenticator.mjs';
import { NUMBER, codeOf, textAfter } from './codes.mjs';
import { Client } from './http.mjs';
import { codeIn } from './mailbox.mjs';
import { freshAddress, freshPassword, next, signUp } from './person.mjs';
import { Reset } from './reset.mjs';
import { speak } from './tour.mjs';
import { Tour, WORDS, holdsCode } from './tour_home.mjs';
import { totp, wrongCode } from './totp.mjs';
import * as ways from './tour_ways.mjs';

const PART = 4; // characters of a code of the kit
const YOUNG = { days: 4 }; // until then a new account changes little

/** Every method, and the link in the mail of a reset. */
export const everything = (server) => `${withPasskeys(server)}[reset]\nmail_link = true\n`;

async function passwordAndWords(home) {
  const { page, person, server } = home;
  await home.see('/account', 'account');
  await home.see('/account/messages', 'messages');
  await home.see('/account/password', 'password');
  await home.sent('/account/password', { new_password: 'passwordpassword' }, 'password-problem');
  const password = freshPassword();
  await home.sent('/account/password', { new_password: password }, 'reauth');
  await home.typed('/account/password/confirm', home.wrong(), 'reauth-problem');
  await home.type('/account/password/confirm', person.freshCode());
  await page.waitForURL(/changed$/);
  await home.look('password-changed');
  person.password = password;
  await home.see('/account/anti-phishing', 'words');
  await home.sent('/account/anti-phishing', { words: 'otter 123456' }, 'words-problem');
  await home.send('/account/anti-phishing/show');
  await home.approve('/account/anti-phishing/shown');
  await page.waitForURL(/shown$/);
  await home.look('words-shown');
  await home.go('/account/anti-phishing');
  await home.send('/account/anti-phishing', { words: WORDS });
  server.moveClock({ minutes: 6 });
  await home.typed('/account/anti-phishing/confirm', person.freshCode(), 'reauth-over');
  await home.asked('/account/anti-phishing');
  await page.waitForURL(/changed$/);
  await home.look('words-changed');
  await home.see('/account', 'account-held');
}

async function devices(home) {
  const { person } = home;
  person.client = await person.signIn();
  await person.signIn();
  await home.see('/account/lock', 'account-lock');
  await home.see('/account/devices', 'devices');
  await home.page.locator('form[action="/account/devices/end"] button').first().click();
  await home.page.waitForURL(/done=one/);
  await home.look('devices-one-ended');
  await home.sent('/account/devices/end-others', {}, 'devices-alone');
}

async function appAndKit(home) {
  const { page, person, server } = home;
  await home.see('/account/app', 'app');
  await home.asked('/account/app/add');
  await page.waitForURL(/new$/);
  await home.look('app-new');
  const key = (await page.locator('#backup_key').textContent()).trim();
  await home.typed('/account/app/new', wrongCode(key, server.now()), 'app-new-problem');
  await home.typed('/account/app/new', totp(key, server.now()), 'app-saved');
  await home.sent('/account/app/new/saved', { part: 'ZZZZ ZZZZ' }, 'app-saved-problem');
  await home.sent('/account/app/new/saved', { part: key.slice(-9) }, 'app-done');
  await home.see('/account/kit', 'kit');
  await home.asked('/account/kit');
  await page.waitForURL(/new$/);
  await home.look('kit-new');
  person.codes = (await page.locator('.kit ol li').allTextContents()).map((text) => text.trim());
  person.usedCodes = 0;
  await home.sent('/account/kit/new/saved', {}, 'kit-proof');
  await home.sent('/account/kit/new/proof', { part: 'ZZZZ' }, 'kit-proof-problem');
  const asked = await page.evaluate(async () => {
    const answer = await fetch('/account/kit/new/proof', { headers: { Accept: 'application/json' } });
    return (await answer.json()).asked;
  });
  await home.sent('/account/kit/new/proof', { part: person.codes[asked - 1].slice(-PART) }, 'kit-done');
}

async function phoneAndMailCode(home) {
  const { page, person, server } = home;
  await home.see('/account/phone', 'phone-none');
  await home.sent('/account/phone', { number: '760 123 456' }, 'phone-problem');
  await home.send('/account/phone', { number: NUMBER });
  const message = await textAfter(server, NUMBER, () => home.approve('/account/phone/confirm'));
  await page.waitForURL(/code$/);
  await home.look('phone-code');
  const code = codeOf(message);
  await home.typed('/account/phone/code', code === '000000' ? '000001' : '000000', 'phone-code-problem');
  await home.type('/account/phone/code', code);
  await page.waitForURL(/done=added$/);
  await home.look('phone-added');
  await home.sent('/account/phone/change', {}, 'phone-change');
  await home.see('/account/mail-code', 'mail-code-off');
  await home.asked('/account/mail-code/on');
  await page.waitForURL(/done=on$/);
  await home.look('mail-code-on');
}

async function address(home) {
  const { page } = home;
  await home.see('/account/email/again', 'email-again-none');
  await home.see('/account/email', 'email');
  await home.sent('/account/email', { email: 'no address' }, 'email-problem');
  const to = freshAddress('new.example');
  await home.send('/account/email', { email: to });
  await home.look('email-reauth');
  const mail = await home.mailbox.after(to, () => home.approve('/account/email/confirm'), holdsCode);
  await page.waitForURL(/code$/);
  await home.look('email-code');
  const code = codeIn(mail);
  await home.typed('/account/email/code', code === '000000' ? '000001' : '000000', 'email-code-problem');
  await home.type('/account/email/code', code);
  await page.waitForURL(/done=asked$/);
  await home.look('email-asked');
  await home.see('/account', 'account-change-waits');
  await home.send('/account/email/keep');
  await page.waitForURL(/done=kept$/);
  await home.look('email-kept');
}

async function review(home) {
  const { page } = home;
  await home.see('/account/review', 'review');
  await home.sent('/account/review', {}, 'review-problem');
  for (let step = 1; page.url().endsWith('/account/review'); step++) {
    for (const one of await page.locator('input[value="mine"]').all()) await one.check();
    await home.sent('/account/review', {}, `review-${step}`);
  }
  await home.send('/account/review/again');
  while (page.url().endsWith('/account/review')) {
    for (const one of await page.locator('input[value="not-mine"]').all()) await one.check();
    await home.send('/account/review');
  }
  await home.look('review-wrong');
}

/** A case on the kit road, which its owner sees and ends. */
async function runningCase(home) {
  const { page, person, server } = home;
  await home.see('/account/recovery', 'recovery-none');
  server.moveClock({ minutes: 2 });
  const thief = new Reset(person, new Client(server.url));
  await thief.ask();
  await thief.confirm();
  next(await thief.client.post('/reset/kit', { code: person.freshRecoveryCode() }));
  await home.see('/account', 'account-recovery-runs');
  await home.see('/account/recovery', 'recovery-runs');
  await home.sent('/account/recovery/pause', {}, 'recovery-paused');
  server.moveClock({ minutes: 2 });
  await home.asked('/account/recovery/end');
  await page.waitForURL(/\/account\/recovery/);
  await home.look('recovery-ended');
}

export async function tourAccount(server, page, { language = 'en', look }) {
  await withoutAutofill(page);
  await speak(server, page, language);
  const person = await signUp(server);
  server.moveClock(YOUNG);
  person.client = await person.signIn();
  const home = new Tour({ server, person, page, look });
  const first = [ways.trustedBrowser, passwordAndWords, devices, appAndKit, phoneAndMailCode, address];
  const then = [runningCase, review, ways.sentCodes, ways.passkeys, ways.passwordless, ways.signUpByPasskey];
  for (const walk of [...first, ...then]) await walk(home);
  for (const walk of [ways.stopped, ways.roadsBack]) {
    home.person = await signUp(server);
    await walk(home);
  }
}
