// The connection to PostgreSQL is cut in the middle of a COMMIT: the server cannot know whether it took
// effect. It says 503, and whichever it was, asking again ends well: nothing is done twice, nothing that was
// confirmed is lost.

import assert from 'node:assert/strict';

import { Client } from '../support/http.mjs';
import { SignUp, freshAddress, must, next, sessionOf, signUp } from '../support/person.mjs';
import { ownPostgres } from '../support/postgres.mjs';
import { commitCutter } from '../support/postgres_proxy.mjs';
import { Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { until } from '../support/until.mjs';

async function cutServer(t) {
  const postgres = await ownPostgres({ t });
  const proxy = await commitCutter(t, postgres);
  const config = (own) => `[public]\nurl = "${own.url}"\n[database]\nlocation = "${proxy.location}"\n`;
  return { postgres, proxy, server: await Server.start({ t, config }) };
}

/** Does it with its COMMIT cut: 503, and the cut did happen. */
async function cut(proxy, pattern, when, post) {
  const one = proxy.cutCommitOf(pattern, when);
  const answer = await post();
  assert.equal(one.done, true, `${pattern} is not in ${JSON.stringify(proxy.commits.at(-1))}`);
  assert.equal(answer.status, 503, answer.body.slice(0, 300));
  assert.match(answer.json.reference, /^[0-9A-Z]{8}$/);
  assert.ok(Number(answer.headers['retry-after']) > 0);
}

for (const when of ['before', 'after']) {
  test(
    `a sign-up whose last COMMIT is cut ${when} it takes effect: one account, its mails once`,
    async (t) => {
      const { postgres, proxy, server } = await cutServer(t);
      const way = new SignUp(server);
      await way.enter();
      await way.confirm();
      await way.choosePassword();
      await way.addApp();
      await way.keepKit();
      const { number } = must(await way.client.get('/signup/kit/proof'));
      const part = way.codes[number - 1].replaceAll('-', '').slice(-4);
      const prove = () => way.client.post('/signup/kit/proof', { part });
      await cut(proxy, /INTO accounts\b/, when, prove);
      await server.ready();
      const again = await prove();
      const count = await postgres.query('SELECT COUNT(*) FROM accounts');
      assert.equal(count, '1', `one account; asked again: ${again.status} ${again.body.slice(0, 200)}`);
      if (when === 'before') assert.notEqual(await sessionOf(way.client), null);
      // Whatever the browser was told: the person signs in with what was chosen and shown.
      server.moveClock({ minutes: 1 });
      const client = new Client(server.url);
      const { email, password } = way;
      assert.equal(next(await client.post('/signin', { email, password })), '/signin/code');
      next(await client.post('/signin/recovery-code', { code: way.codes[0] }));
      assert.notEqual(await sessionOf(client), null);
      const waiting = "SELECT COUNT(*) FROM outbox WHERE state = 'waiting'";
      await until(async () => (await postgres.query(waiting)) === '0', 'all mail is out');
      const subjects = (await way.mailbox.all(email)).map((mail) => mail.subject);
      assert.deepEqual(subjects, [...new Set(subjects)], 'each mail once');
    },
    { seconds: 240 },
  );

  test(
    `a sign-in whose COMMIT is cut ${when} it takes effect: the code counts at most once`,
    async (t) => {
      const { proxy, server } = await cutServer(t);
      const person = await signUp(server);
      const half = await person.enterPassword();
      const code = person.freshCode();
      const enter = () => half.post('/signin/code', { code });
      await cut(proxy, /INTO sessions\b/, when, enter);
      assert.equal(await sessionOf(half), null, 'nobody was told of a session');
      await server.ready();
      const again = await enter();
      // A charge stands at both ends of a cut, so that nobody guesses for nothing.
      if (when === 'after') assert.notEqual(again.status, 200, 'a used code stays used');
      server.moveClock({ hours: 2 });
      assert.notEqual(await sessionOf(await person.signIn()), null);
    },
    { seconds: 240 },
  );

  test(
    `a mail whose note is cut ${when} it takes effect is sent once`,
    async (t) => {
      const { postgres, proxy, server } = await cutServer(t);
      const email = freshAddress();
      const one = proxy.cutCommitOf(/UPDATE outbox SET state = 'delivered'/, when);
      const way = new SignUp(server, { email });
      await way.enter();
      await until(() => one.done, 'the note is cut');
      const state = "SELECT state FROM outbox WHERE state <> 'delivered'";
      await until(async () => (await postgres.query(state)) === '', 'it is noted in the end');
      assert.equal((await way.mailbox.all(email)).length, 1);
      assert.equal(await way.confirm(), '/signup/secure');
    },
    { seconds: 240 },
  );
}
