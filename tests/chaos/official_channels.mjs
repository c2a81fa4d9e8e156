// The signed list of official channels, and the command by which anybody checks a copy of it.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runToEnd } from '../support/child.mjs';
import { Client } from '../support/http.mjs';
import { temporaryFolder } from '../support/places.mjs';
import { BINARY, Server } from '../support/server.mjs';
import { test } from '../support/test.mjs';

const LIST = '/.well-known/official-channels';
const OURS = `[channels]
version = 4
phones = ["+351211234567"]
handles = ["@exchange on social.example"]
[mail]
from = "accounts@mail.exchange.example"
`;
const verify = (...words) => runToEnd(BINARY, ['channels', 'verify', ...words]);

/** A server with the list, and copies of list and keys in files. */
async function published(t) {
  const server = await Server.start({ t, config: () => OURS });
  const client = new Client(server.url);
  const folder = temporaryFolder('channels');
  const [list, keys] = [join(folder, 'list.json'), join(folder, 'keys.json')];
  writeFileSync(list, (await client.get(LIST)).body);
  writeFileSync(keys, (await client.get('/.well-known/jwks.json')).body);
  return { server, client, list, keys, folder };
}

test('from its address, and from a copy with keys that were saved', async (t) => {
  const { server, list, keys } = await published(t);
  const there = await verify(server.url + LIST);
  assert.equal(there.code, 0, there.output);
  assert.match(there.output, /^Verified: version 4 of /);
  assert.match(there.output, /^domains: localhost:\d+, mail\.exchange\.example$/m);
  assert.match(there.output, /^senders: accounts@mail\.exchange\.example$/m);
  assert.match(there.output, /^phones: \+351211234567$/m);
  assert.match(there.output, /The keys came from the same address/);
  await server.stop();
  const copy = await verify(list, '--keys', keys);
  assert.equal(copy.code, 0, copy.output);
  assert.doesNotMatch(copy.output, /same address/);
});

test('what is not ours is not verified, and says why', async (t) => {
  const { list, keys, folder, client } = await published(t);
  const changed = join(folder, 'changed.json');
  writeFileSync(changed, (await client.get(LIST)).body.replace('+351211234567', '+351211234568'));
  const other = await published(t);
  for (const [words, why] of [
    [[changed, '--keys', keys], /changed after it was signed/],
    [[list, '--keys', other.keys], /of none of these keys/],
    [[list], /name the exchange's keys/],
    [[list, '--keys', list], /holds no keys/],
    [[keys, '--keys', keys], /has no signature/],
    [[join(folder, 'none'), '--keys', keys], /cannot be read/],
    [[folder, '--keys', keys], /cannot be read|no document/],
    [['ftp://x.example/a', '--keys', keys], /cannot be read/],
    [['http://channels.example/a', '--keys', keys], /http/],
  ]) {
    const ended = await verify(...words);
    assert.equal(ended.code, 1, ended.output);
    assert.match(ended.output, /^NOT VERIFIED: /m);
    assert.match(ended.output, why);
    assert.doesNotMatch(ended.output, /^Verified/m);
  }
});

test('an address that leads elsewhere, says too much or refuses is named', async (t) => {
  const { keys } = await published(t);
  const answers = {
    '/moved': (response) => response.writeHead(302, { Location: '/large' }).end(),
    '/large': (response) => response.end('x'.repeat(100_000)),
    '/gone': (response) => response.writeHead(404).end(),
  };
  const elsewhere = createServer((request, response) => answers[request.url](response));
  await new Promise((done) => elsewhere.listen(0, '127.0.0.1', done));
  t.cleanup(() => elsewhere.close());
  const at = `http://127.0.0.1:${elsewhere.address().port}`;
  for (const [path, why] of [
    ['/moved', /answered 302/],
    ['/large', /\/large: /],
    ['/gone', /answered 404/],
  ]) {
    const ended = await verify(at + path, '--keys', keys);
    assert.equal(ended.code, 1, ended.output);
    assert.match(ended.output, why);
  }
});
