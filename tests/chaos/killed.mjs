// The server is killed at any moment: what it had confirmed is there, and every mail goes out, once as far
// as SMTP allows it.

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { runToEnd } from '../support/child.mjs';
import { Client, request } from '../support/http.mjs';
import { temporaryFolder } from '../support/places.mjs';
import { freshAddress, sessionOf, signUp } from '../support/person.mjs';
import { BINARY, Server } from '../support/server.mjs';
import { smtpServer } from '../support/smtp.mjs';
import { test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

const ROUNDS = 6;
// messages::outbox_in_flight_max: SMTP leaves one message open on each connection that carries one, from
// its last byte until our note of the relay's 250 is on the disk. The next message is taken only when
// another's note is, so that a kill can double no more than this.
const IN_FLIGHT_MAX = 4;
// And only what was just accepted: a note takes one commit, milliseconds on an idle machine.
const NOTE_SECONDS_MAX = 2;
const LEASE_SECONDS = 30; // messages::mail_lease

function messageId(mail) {
  return mail.data.match(/^message-id:\s*(\S+)/im)[1];
}

test(
  'killed in the middle of a burst of sign-ups: no mail is lost, none is sent anew',
  async (t) => {
    const smtp = await smtpServer(t);
    const folder = temporaryFolder('killed');
    const made = await runToEnd(BINARY, ['keys', 'create', join(folder, 'keys')]);
    assert.equal(made.code, 0, made.output);
    const config = (own) =>
      `[public]\nurl = "${own.url}"\n[listen]\n` +
      `public = "127.0.0.1:${own.port}"\nprivate = "127.0.0.1:${own.privatePort}"\n` +
      `[database]\nlocation = "sqlite:sallyport.db"\n[keys]\nfile = "keys"\n` +
      `[relay]\nurl = "smtp://127.0.0.1:${smtp.port}"\ntls = "none"\n` +
      `[mail]\nfrom = "no-reply@exchange.example"\n`;
    const file = join(folder, 'sallyport.toml');
    const server = await Server.start({ t, folder, config, command: ['serve', '--config', file] });
    assert.equal(
      (await new Client(server.url).get('/dev/messages')).status,
      404,
      'production has no such page',
    );

    const confirmed = new Set();
    const kills = [];
    for (let round = 0; round < ROUNDS; round++) {
      let limited = false;
      const burst = Array.from({ length: 12 }, async () => {
        const email = freshAddress();
        const answer = await new Client(server.url).post('/signup', { email }).catch(() => undefined);
        if (answer?.status === 200) confirmed.add(email);
        else limited ||= answer?.status === 429; // so much mail for one network in a minute
      });
      // After another number of answers each time.
      const enough = confirmed.size + 1 + 2 * round;
      await until(() => confirmed.size >= enough || limited, 'some are answered', 60);
      kills.push(Date.now());
      await server.kill();
      await Promise.all(burst);
      await server.restart();
    }
    // What was on its way at the last kill is claimed by a worker that is no more; its lease ends.
    server.moveClock({ seconds: LEASE_SECONDS });
    const to = (email) => smtp.mails.filter((mail) => mail.to.includes(email));
    assert.ok(confirmed.size > ROUNDS, `${confirmed.size} were confirmed`);
    await until(
      () => [...confirmed].every((email) => to(email).length > 0),
      'every confirmed sign-up has its mail',
      90,
    );
    for (const email of confirmed) {
      const ids = new Set(to(email).map(messageId));
      assert.equal(ids.size, 1, `${email}: one event, one Message-ID`);
    }
    // A mail that came twice came first just before a kill, and no kill doubled more than was under way. The
    // process that had sent it is known by its connection.
    const doubled = kills.map(() => 0);
    for (const copies of [...confirmed].map(to).filter((mails) => mails.length > 1)) {
      for (const mail of copies.slice(0, -1)) {
        const kill = kills.findIndex((moment) => mail.connected_ms < moment);
        const early = (kills[kill] - mail.at) / 1000;
        assert.ok(early <= NOTE_SECONDS_MAX, `accepted ${early} s before the kill, and sent again`);
        doubled[kill]++;
      }
    }
    console.log(`    ${confirmed.size} mails owed; sent twice after each kill: ${doubled.join(', ')}`);
    const numbers = (await request(server.privateUrl, 'GET', '/metrics')).body;
    assert.match(numbers, /^sallyport_mail_waiting 0$/m);
    assert.ok(Number(numbers.match(/^sallyport_mail_sent_total (\d+)/m)[1]) > 0, 'the last one sent some');
    assert.ok(Math.max(...doubled) <= IN_FLIGHT_MAX, `${Math.max(...doubled)} came twice after one kill`);
  },
  { seconds: 300 },
);

test(
  'killed right after a sign-in, an end of sessions and a wrong guess: all of them count',
  async (t) => {
    const server = await Server.start({ t });
    const person = await signUp(server);
    const again = async () => {
      await server.kill();
      await server.restart();
    };
    const browser = await person.signIn();
    const code = person.freshCode();
    await again();
    assert.notEqual(await sessionOf(browser), null, 'a confirmed session is there');
    await person.client.post('/account/devices/end-others', {});
    await again();
    assert.equal(await sessionOf(browser), null, 'an ended session stays ended');
    for (let n = 0; n < 10; n++) {
      const answer = await new Client(server.url).post('/signin', {
        email: person.email,
        password: `wrong ${n}`,
      });
      assert.equal(answer.status, 401);
      if (n % 4 === 3) await again();
    }
    await again();
    const eleventh = await new Client(server.url).post('/signin', {
      email: person.email,
      password: person.password,
    });
    assert.equal(eleventh.status, 429, 'guesses are counted on the disk');
    const half = await person.enterPassword(person.client.copy());
    assert.equal((await half.post('/signin/code', { code })).status, 200);
    await again();
    const second = await person.enterPassword(person.client.copy());
    assert.equal(
      (await second.post('/signin/code', { code })).json.code,
      'code_already_used',
      'so is a used code',
    );
  },
  { seconds: 240 },
);
