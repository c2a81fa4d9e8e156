// The ways into an account, and the roads back to it, for the tour of tour_account.mjs: each walk leaves the
// person signed in, but for the roads back.

import { stopCodeIn, withStopCode } from './addresses.mjs';
import { deviceOf } from './authenticator.mjs';
import { NUMBER, textAfter } from './codes.mjs';
import { Client } from './http.mjs';
import { codeIn } from './mailbox.mjs';
import { freshAddress, freshPassword, must } from './person.mjs';
import { Reset } from './reset.mjs';
import { askedCode } from './tour.mjs';
import { totp, wrongCode } from './totp.mjs';
import { PASSKEY, holdsCode, holdsMailedCode } from './tour_home.mjs';

const MAILED_DIGITS = 8;
const PART = 4; // characters of a code of the kit
const OLD_ENOUGH = { hours: 80 }; // more than 72: a passkey may stand in for the password
const REMOVED = { hours: 73 }; // more than the longer wait
const GO_ON = 'form[action="/signin/trusted"]';

/** The browser that is trusted, and what it may not do. */
export async function trustedBrowser(home) {
  const { page, person } = home;
  await home.see('/signin', 'sign-in-by-passkey-too');
  await home.enterPassword('/account/devices');
  await page.locator('#trust').check();
  await home.look('trust-box');
  await home.type('/signin/code', person.freshCode());
  await page.waitForURL(/\/account\/devices$/);
  await home.look('devices-trusted');
  await home.leaveSession();
  await home.enterPassword('/account/password');
  await page.locator(GO_ON).waitFor();
  await home.look('trusted');
  await page.locator(`${GO_ON} button`).click();
  await page.waitForURL(/\/account\/password$/);
  await home.look('trusted-stopped');
  await home.leaveSession();
  await home.enterPassword();
  await page.locator(GO_ON).waitFor();
  must(await person.client.post('/account/devices/end-all-trust', {}));
  await page.locator(`${GO_ON} button`).click();
  await page.waitForURL(/trust=no$/);
  await home.look('trusted-no-more');
  await home.type('/signin/code', person.freshCode());
  await page.waitForURL(/\/account$/);
}

/** Password right, then each method that is sent. */
export async function sentCodes(home) {
  const { page, person, server } = home;
  await home.leaveSession();
  await home.enterPassword();
  await home.see('/signin/methods', 'methods');
  await home.see('/signin/sms', 'sms');
  await textAfter(server, NUMBER, () => home.send('/signin/sms/send'));
  await home.look('sms-sent');
  await home.typed('/signin/sms', '000000', 'sms-problem');
  await home.see('/signin/mail', 'mail');
  const send = () => home.send('/signin/mail/send');
  const mail = await home.mailbox.after(person.email, send, holdsCode);
  await home.look('mail-sent');
  await home.see('/signin/not-received', 'not-received');
  await home.go('/signin/mail');
  await home.type('/signin/mail', codeIn(mail));
  await page.waitForURL(/\/account$/);
  await home.see('/account/phone', 'weak-session');
}

export async function passkeys(home) {
  const { page, person, server } = home;
  await home.signInByApp('/account/passkeys');
  await home.look('passkeys-none');
  await home.asked('/account/passkeys/add');
  await page.waitForURL(/new$/);
  await home.look('passkey-new');
  home.device = await deviceOf(page, { defaultBackupEligibility: true, defaultBackupState: true });
  await home.failed('create', 'passkey-new-problem');
  await home.press('create');
  await page.waitForURL(/done=added$/);
  await home.device.touched(false);
  await home.look('passkeys-added');
  await home.sent('/account/passkeys/open', {}, 'passkey-change');
  await home.sent('/account/passkeys/rename', { name: 'x'.repeat(300) }, 'passkey-rename-problem');
  await home.send('/account/passkeys/rename', { name: PASSKEY });
  await page.waitForURL(/done=renamed$/);
  await home.look('passkey-renamed');
  await home.see('/account/password', 'password-one-passkey');
  server.moveClock(OLD_ENOUGH);
  await home.leaveSession();
  await home.enterPassword('/account/passkeys');
  await home.see('/signin/key', 'key');
  await home.failed('get', 'key-problem');
  await home.device.touched(false);
  await home.go('/signin/code');
  await home.type('/signin/code', person.freshCode());
  await page.waitForURL(/\/account\/passkeys$/);
  await home.send('/account/passkeys/open');
  await home.sent('/account/passkeys/remove', {}, 'reauth-passkey');
  await home.failed('get', 'reauth-passkey-problem');
  await home.press('get');
  await page.waitForURL(/done=leaves$/);
  await home.device.touched(false);
  await home.look('passkeys-leaves');
  await home.send('/account/passkeys/keep');
  await page.waitForURL(/done=kept$/);
  await home.look('passkeys-kept');
}

/** A second passkey, on a security key, in the password's place. */
export async function passwordless(home) {
  const { page, person, server } = home;
  const first = home.device;
  home.device = await deviceOf(page, { transport: 'usb' });
  await home.asked('/account/passkeys/add');
  await page.waitForURL(/new$/);
  await home.press('create');
  await page.waitForURL(/done=added$/);
  await home.device.touched(false);
  server.moveClock(OLD_ENOUGH);
  await home.signInByApp('/account/password');
  await home.look('password-may-go');
  await home.asked('/account/password/remove');
  await page.waitForURL(/done=leaves$/);
  await home.look('password-leaves');
  await home.send('/account/password/keep');
  await page.waitForURL(/done=kept$/);
  await home.look('password-kept');
  await home.asked('/account/password/remove');
  await page.waitForURL(/done=leaves$/);
  server.moveClock(REMOVED);
  await server.restart(); // the worker looks at once
  await home.mailbox.next(person.email, { matches: (mail) => mail.subject.endsWith('was removed') });
  await home.go('/signin?then=/account/password');
  home.device = first;
  await home.press('get');
  await page.waitForURL((url) => url.pathname === '/account/password');
  await first.touched(false);
  await home.look('password-none');
  await home.see('/account', 'account-without-password');
}

/** An account that is made with a passkey, on the same device. */
export async function signUpByPasskey(home) {
  const { page } = home;
  await home.leaveSession();
  await home.go('/signup');
  const email = freshAddress();
  const mail = await home.mailbox.after(email, () => home.send('/signup', { email }));
  await home.type('/signup/confirm', codeIn(mail, MAILED_DIGITS));
  await home.look('secure');
  await home.failed('create', 'secure-problem');
  await home.press('create');
  await page.waitForURL(/\/signup\/kit$/);
  await home.device.touched(false);
  await home.look('kit-of-passkey');
  const codes = (await page.locator('.kit li').allInnerTexts()).map((text) => text.trim());
  await home.send('/signup/kit');
  const number = await askedCode(page);
  await home.sent('/signup/kit/proof', { part: codes[number - 1].slice(-PART) }, 'done-by-passkey');
  await home.see('/signout', 'sign-out');
}

/** The link of the mail, and the way back by the kit, from beginning to end. */
export async function roadsBack(home) {
  const { page, person, server } = home;
  await home.leaveSession();
  server.moveClock({ minutes: 2 });
  await home.go('/reset');
  const ask = () => home.send('/reset', { email: person.email });
  const mail = await home.mailbox.after(person.email, ask, holdsMailedCode);
  await home.see(`/reset/link/${codeIn(mail, MAILED_DIGITS)}`, 'reset-link');
  await home.see('/reset/link/00000000', 'reset-link-of-nobody');
  await home.go(`/reset/link/${codeIn(mail, MAILED_DIGITS)}`);
  await home.send('/reset/check');
  await home.see('/reset/kit', 'reset-kit');
  await home.sent('/reset/kit', { code: '3-ABCD' }, 'reset-kit-problem');
  const begin = () => home.send('/reset/kit', { code: person.freshRecoveryCode() });
  const told = await home.mailbox.after(person.email, begin, withStopCode);
  await home.look('reset-waiting');
  const toStatus = async (name) => {
    await home.see('/recover/finish', `${name}-finish`);
    const enter = () => home.send('/recover/finish', { email: person.email });
    const code = codeIn(await home.mailbox.after(person.email, enter, holdsMailedCode), MAILED_DIGITS);
    await home.look(`${name}-check`);
    await home.typed('/recover/check', String((Number(code) + 1) % 1e8).padStart(8, '0'), `${name}-wrong`);
    await home.typed('/recover/check', code, name);
  };
  server.moveClock({ minutes: 5 });
  await toStatus('recover-waits');
  server.moveClock({ minutes: 60 });
  await toStatus('recover-new');
  await home.sent('/recover/new', { new_password: 'passwordpassword' }, 'recover-new-problem');
  person.password = freshPassword();
  await home.sent('/recover/new', { new_password: person.password }, 'recover-app');
  const secret = (await page.locator('#app_key').innerText()).replace(/\s/g, '');
  await home.typed('/recover/app', wrongCode(secret, server.now()), 'recover-app-problem');
  await home.typed('/recover/app', totp(secret, server.now()), 'recover-done');
  await home.see('/recover/stop', 'stop');
  await home.sent('/recover/stop', { stop: 'AAAAA-AAAAA' }, 'stop-problem');
  await home.sent('/recover/stop', { stop: stopCodeIn(told) }, 'stop-too-late');
}

/** A case that its owner stops by the code of the mail. */
export async function stopped(home) {
  const { person, server } = home;
  server.moveClock({ minutes: 2 });
  const thief = new Reset(person, new Client(server.url));
  await thief.ask();
  await thief.confirm();
  const begin = () => thief.client.post('/reset/kit', { code: person.freshRecoveryCode() });
  const told = await home.mailbox.after(person.email, begin, withStopCode);
  await home.go('/recover/stop');
  await home.sent('/recover/stop', { stop: stopCodeIn(told) }, 'stopped');
}
