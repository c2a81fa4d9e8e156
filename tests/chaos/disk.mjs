// The disk is full, or may not be written: it is said in words, what was there stays, and it goes on by
// itself.

import assert from 'node:assert/strict';
import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runToEnd } from '../support/child.mjs';
import { Client, request } from '../support/http.mjs';
import { temporaryFolder } from '../support/places.mjs';
import { next, sessionOf, signUp } from '../support/person.mjs';
import { BINARY, Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';
import { within, until } from '../support/until.mjs';

const DISK_BYTES = 12 * 1024 * 1024;

test(
  'a small disk is full: 503 with a page, reading goes on, and with room again so does writing',
  async (t) => {
    const folder = temporaryFolder('small');
    const disk = join(folder, 'data');
    mkdirSync(disk, { mode: 0o700 });
    const options = `size=${DISK_BYTES},mode=700`;
    const mounted = await runToEnd('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]);
    if (mounted.code !== 0) t.skip(`no right to mount: ${mounted.output.trim()}; database.mjs limits files`);
    t.cleanup(async () => assert.equal((await runToEnd('umount', ['-l', disk])).code, 0));
    const server = await Server.start({ t, folder });
    const person = await signUp(server);
    const filler = join(disk, 'filler');
    const fill = () => {
      const part = Buffer.alloc(4096);
      const write = () => writeFileSync(filler, part, { flag: 'a' });
      assert.throws(() => {
        for (let bytes = 0; bytes <= DISK_BYTES; bytes += part.length) write();
      }, { code: 'ENOSPC' });
    };
    const write = (accept) =>
      new Client(server.url).post('/signup', { email: 'a@mail.example' }, { headers: { Accept: accept } });
    // The log of the engine has some room of its own, which is used up first.
    fill();
    const full = await until(async () => {
      const answer = await write('text/html');
      return answer.status === 503 && answer;
    }, 'it is full');
    assert.match(full.body, /<h1/);
    assert.ok(Number(full.headers['retry-after']) > 0);
    assert.equal((await write('application/json')).json.code, 'unavailable');
    assert.equal((await person.client.get('/account')).status, 200, 'reading goes on');
    assert.equal((await request(server.privateUrl, 'GET', '/healthz')).status, 200);
    rmSync(filler);
    server.moveClock({ hours: 1 }); // the network's mails are counted
    await until(async () => (await write('application/json')).status === 200, 'writing goes on');
    assert.notEqual(await sessionOf(await person.signIn()), null);
    await server.kill();
    await server.restart();
    assert.notEqual(await sessionOf(await person.signIn()), null, 'and nothing was spoiled');
  },
  { seconds: 240 },
);

/** Somebody whose files root can take away: an owner could open them again, and `sallyport dev` does. */
async function plainUser(t) {
  if (process.getuid() !== 0) t.skip('only root can give a folder to another user');
  const [uid, gid] = [await runToEnd('id', ['-u', 'nobody']), await runToEnd('id', ['-g', 'nobody'])];
  if (uid.code !== 0) t.skip('there is no user nobody');
  return { uid: Number(uid.output), gid: Number(gid.output) };
}

/** An installation of `user` with an account in it, stopped. */
async function installation(t, user) {
  const folder = temporaryFolder('readonly');
  const binary = join(folder, 'sallyport');
  copyFileSync(BINARY, binary);
  for (const path of [folder, binary]) chmodSync(path, 0o755);
  chownSync(folder, user.uid, user.gid);
  const server = await Server.start({ t, folder, binary, user });
  const person = await signUp(server);
  await server.stop();
  const own = (path) => chownSync(path, user.uid, user.gid);
  const close = (path) => (chownSync(path, 0, 0), chmodSync(path, path.endsWith('data') ? 0o755 : 0o644));
  return { server, person, data: join(folder, 'data'), own, close };
}

test('a folder and a database that may not be written: said at the start, and mended', async (t) => {
  const { server, person, data, own, close } = await installation(t, await plainUser(t));
  for (const path of [data, join(data, 'sallyport.db')]) {
    close(path);
    server.options = { ...server.options, port: server.port, privatePort: server.privatePort, ready: false };
    await server.restart();
    const end = await within(server.child.ended, `it ends with ${path} closed`, 60);
    assert.equal(end.code, 1, server.log);
    assert.match(server.log, /cannot (write|be written)|read-?only/i);
    assert.ok(server.log.includes(path), `${path} is named:\n${server.log}`);
    assert.doesNotMatch(server.log, /terminate called|std::/);
    own(path);
  }
  server.options = { ...server.options, ready: true };
  await server.restart();
  assert.notEqual(await sessionOf(await person.signIn()), null);
});

test('a folder that is closed while the server runs', async (t) => {
  const { server, person, data, own, close } = await installation(t, await plainUser(t));
  await server.restart();
  close(data);
  // What is open stays open: nobody notices until the next start.
  const half = await person.enterPassword();
  next(await half.post('/signin/code', { code: person.freshCode() }));
  assert.notEqual(await sessionOf(half), null);
  own(data);
  await server.kill();
  await server.restart();
  assert.notEqual(await sessionOf(half), null, 'and it was written');
});
