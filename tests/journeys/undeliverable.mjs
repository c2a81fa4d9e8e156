// An address that mails do not reach any more: the overview says so, a code confirms it again; and a change
// that nobody could be told of waits, and says why on its page. A real relay refuses the mails. In both
// languages, with scripts and without.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { AtHome } from '../support/at_home.mjs';
import { Authenticator, enrol } from '../support/authenticator.mjs';
import { runToEnd } from '../support/child.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { request } from '../support/http.mjs';
import { codeIn } from '../support/mailbox.mjs';
import { freshAddress, must, next, signUp } from '../support/person.mjs';
import { temporaryFolder } from '../support/places.mjs';
import { BINARY, Server } from '../support/server.mjs';
import { SmtpMailbox, smtpServer } from '../support/smtp.mjs';
import { afterAll, test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

afterAll(closeBrowser);

const OLD_ENOUGH = { hours: 73 }; // a factor that approves a change
const DUE = { hours: 73 };
const AGAIN = '/account/email/again';
const holdsCode = { matches: (mail) => /^\d{6}$/m.test(mail.text) };

async function withRelay(t) {
  const smtp = await smtpServer(t);
  const folder = temporaryFolder('undeliverable');
  const made = await runToEnd(BINARY, ['keys', 'create', join(folder, 'keys')]);
  assert.equal(made.code, 0, made.output);
  const config = (own) =>
    `[public]\nurl = "${own.url}"\nrp_id = "localhost"\n[factors]\npasskeys = true\n[listen]\n` +
    `public = "127.0.0.1:${own.port}"\nprivate = "127.0.0.1:${own.privatePort}"\n` +
    `[database]\nlocation = "sqlite:sallyport.db"\n[keys]\nfile = "keys"\n` +
    `[relay]\nurl = "smtp://127.0.0.1:${smtp.port}"\ntls = "none"\n` +
    `[mail]\nfrom = "no-reply@exchange.example"\n` +
    `[bounces]\naddress = "bounces@mail.exchange.example"\nwebhook_secret_file = "secret"\n`;
  const secret = randomBytes(32).toString('hex');
  writeFileSync(join(folder, 'secret'), `${secret}\n`, { mode: 0o600 });
  const file = join(folder, 'sallyport.toml');
  const server = await Server.start({ t, folder, config, command: ['serve', '--config', file] });
  /** Its reader called the mail junk (RFC 5965), and the mail server tells. */
  const complain = async (mail) => {
    const answer = await request(server.privateUrl, 'POST', '/mail/reports', {
      body: JSON.stringify({ to: mail.from, kind: 'complaint' }),
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${secret}` },
    });
    assert.deepEqual(answer.json, { answer: 'counted' }, answer.body);
  };
  return { server, smtp, complain };
}

/** As the overview says it. */
const marks = async (client) => must(await client.get('/account')).mailboxes.map(({ state }) => state);

for (const { language, scripts } of [
  { language: 'en', scripts: true },
  { language: 'en', scripts: false },
  { language: 'ar', scripts: true },
]) {
  test(`an address is gone, and is confirmed again, ${language}, scripts ${scripts}`, async (t) => {
    const { server, smtp, complain } = await withRelay(t);
    const mailbox = new SmtpMailbox(smtp);
    const person = await signUp(server, { mailbox });
    await enrol(person, new Authenticator(server));
    server.moveClock(OLD_ENOUGH);
    const { page, seen } = await newPerson({ t, language, scripts });
    const home = new AtHome({ server, person, page, scripts });
    await smtp.gone(person.email);
    await home.go('/signin?then=/account');
    await home.send('/signin', { email: person.email, password: person.password });
    await home.go('/signin/code');
    await home.type('/signin/code', person.freshCode());
    await page.waitForURL(/\/account$/);
    person.client = await person.signIn(undefined, '/signin/key');
    await until(async () => (await marks(person.client)).length, 'the refused mail marked the address');

    await home.go('/account');
    await home.look('undeliverable_account');
    await page.locator(`a[href="${AGAIN}"]`).click();
    await page.waitForURL((url) => url.pathname === AGAIN);
    await home.look('undeliverable_again');
    await smtp.here(person.email);
    const mail = await mailbox.after(person.email, () => home.send(`${AGAIN}/send`), holdsCode);
    assert.ok(mail.text.startsWith(`Your anti-phishing words: ${person.words}`), mail.text);
    await home.look('undeliverable_code');
    const code = codeIn(mail);
    await home.type(AGAIN, code === '000000' ? '000001' : '000000');
    await home.look('undeliverable_code_wrong');
    assert.deepEqual(await marks(person.client), ['undeliverable']);
    await home.type(AGAIN, code);
    await page.waitForURL(/done=confirmed$/);
    await home.look('undeliverable_confirmed');
    assert.deepEqual(await marks(person.client), []);

    await complain(mail);
    assert.deepEqual(await marks(person.client), ['junk']);
    await home.go('/account');
    await home.look('undeliverable_junk');

    await smtp.gone(person.email); // nobody hears of the changes
    const to = freshAddress('new.example');
    const asked = await person.client.post('/account/email', { email: to });
    const proven = () => person.confirm(person.client, asked);
    const sent = await mailbox.after(to, async () => next(await proven()), holdsCode);
    next(await person.client.post('/account/email/code', { code: codeIn(sent) }));
    const passkey = must(await person.client.get('/account/passkeys')).synced[0].id;
    const removal = await person.client.post('/account/passkeys/remove', { passkey });
    next(await person.confirm(person.client, removal));
    server.moveClock(DUE);
    await home.go('/signin?then=/account');
    await home.send('/signin', { email: person.email, password: person.password });
    await home.go('/signin/code');
    await home.type('/signin/code', person.freshCode());
    await page.waitForURL(/\/account$/);
    await home.look('undeliverable_changes_wait');
    assert.equal(await page.locator('.notice.warning form').count(), 2, 'both wait, and can be stopped');
    await home.go('/account/passkeys');
    await home.look('undeliverable_passkey_waits');
    await home.send('/account/passkeys/keep');
    await page.waitForURL(/done=kept$/);
    await home.go('/account/email');
    await home.look('undeliverable_email_waits');
    await home.send('/account/email/keep');
    await page.waitForURL(/done=kept$/);
    await seen.mustBeClean();
  });
}
