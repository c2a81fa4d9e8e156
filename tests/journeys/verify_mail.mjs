// Is this mail from us (P11): a real mail as a file and as pasted source, a changed one, a forwarded one, and
// one that is not ours; in both languages, with scripts and without.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { AtHome } from '../support/at_home.mjs';
import { closeBrowser, newPerson } from '../support/chromium.mjs';
import { freshAddress, signUp } from '../support/person.mjs';
import { Server } from '../support/server.mjs';
import { afterAll, test } from '../support/test.mjs';
import { attached, changed, checkMail, quoted, welcomeMail } from '../support/uploads.mjs';

afterAll(closeBrowser);

/** Mail is signed, as in production. */
function signing(own) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(own.folder, 'e1.pem'), pem, { mode: 0o600 });
  return `[public]\nurl = "${own.url}"\n[dkim]\nkeys = ["e1:e1.pem"]\n`;
}

const plain = (text) => text.replace(/[\u200e\u200f\u2066-\u2069]/g, '');

for (const [language, scripts] of [
  ['en', true],
  ['ar', true],
  ['en', false],
  ['ar', false],
]) {
  test(`a mail is checked, ${language}, scripts ${scripts ? 'on' : 'off'}`, async (t) => {
    const server = await Server.start({ t, config: signing });
    const person = await signUp(server);
    const mail = await welcomeMail(person);

    const { page, seen } = await newPerson({ t, language, scripts });
    const home = new AtHome({ server, person, page, scripts });
    const upload = async (raw, recipient = person.email) => {
      await home.go('/verify/mail');
      const file = { name: 'mail.eml', mimeType: 'message/rfc822', buffer: Buffer.from(raw) };
      await page.locator('#file').setInputFiles(file);
      await home.send('/verify/mail', { recipient });
    };
    await home.go('/verify');
    await page.locator('a[href="/verify/mail"]').click();
    await page.waitForURL(/\/verify\/mail$/);
    await home.look('verify_mail');
    await home.send('/verify/mail', { recipient: 'nobody' });
    await home.look('verify_mail_problem');
    assert.equal(await page.locator('#recipient').inputValue(), 'nobody');

    await upload(mail.raw, person.email.toUpperCase());
    await home.look('verify_mail_genuine');
    const told = await page.locator('.notice.good').innerText();
    assert.ok(plain(told).includes(plain(mail.subject)), told);
    assert.ok(!told.includes(person.email), 'masked');
    if (scripts) assert.equal(await page.evaluate(() => document.activeElement.className), 'notice good');
    assert.equal((await checkMail(server, person.email, mail.raw)).json.signature, 'whole');

    await home.go('/verify/mail');
    const source = changed(mail.raw, 'Subject: ', 'Subject: Urgent: ');
    await home.send('/verify/mail', { recipient: person.email, source });
    await home.look('verify_mail_altered');
    assert.equal(await page.locator('.notice.bad li').count(), 1, 'one part differs');
    await upload(attached(mail.raw));
    await home.look('verify_mail_attached');
    await page.locator('.notice.good').waitFor();
    await upload(quoted(mail.text));
    await home.look('verify_mail_quoted');
    await upload(mail.raw, freshAddress());
    await home.look('verify_mail_not_ours');
    await page.locator('.notice.bad').waitFor();
    await upload(`Subject: x\r\n\r\n${'a'.repeat(256 * 1024)}`);
    await home.look('verify_mail_too_large');
    assert.match(await page.locator('#file_problem').innerText(), /256|٢٥٦/);
    await seen.mustBeClean();
  });
}
