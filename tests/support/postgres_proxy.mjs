// Between a server and its PostgreSQL: reads the frontend's messages (PostgreSQL's documentation, section
// 55.7) and cuts the connection at a COMMIT that a test has named.
//
//   const proxy = await commitCutter(t, postgres);      // proxy.location for the configuration
//   const cut = proxy.cutCommitOf(/INTO accounts/, 'after');
//   …; assert.ok(cut.done);

import { createServer, connect } from 'node:net';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from './places.mjs';

/** Splits what a client sends into {type, body}; the first message has no type. */
class Messages {
  constructor() {
    this.waiting = Buffer.alloc(0);
    this.begun = false;
  }
  *take(bytes) {
    this.waiting = Buffer.concat([this.waiting, bytes]);
    for (;;) {
      const at = this.begun ? 1 : 0;
      if (this.waiting.length < at + 4) return;
      const end = at + this.waiting.readUInt32BE(at);
      if (this.waiting.length < end) return;
      yield {
        type: this.begun ? String.fromCharCode(this.waiting[0]) : '',
        body: this.waiting.subarray(at + 4, end),
      };
      this.begun = true;
      this.waiting = this.waiting.subarray(end);
    }
  }
}

/** A string that ends with NUL, and what follows it. */
function text(body) {
  const end = body.indexOf(0);
  return [body.toString('utf8', 0, end), body.subarray(end + 1)];
}

/** What one connection says, as statements: a prepared one is known by its name. */
class Statements {
  constructor() {
    this.messages = new Messages();
    this.prepared = new Map();
  }
  *take(bytes) {
    for (const { type, body } of this.messages.take(bytes)) {
      if (type === 'Q') yield text(body)[0];
      if (type === 'P') {
        const [name, rest] = text(body);
        this.prepared.set(name, text(rest)[0]);
      }
      if (type === 'B') yield this.prepared.get(text(text(body)[1])[0]) ?? '';
    }
  }
}

export async function commitCutter(t, postgres) {
  const folder = temporaryFolder('cutter');
  const open = new Set();
  const cuts = [];
  const commits = [];
  const server = createServer((client) => {
    const real = connect(join(postgres.folder, '.s.PGSQL.5432'));
    const statements = new Statements();
    let seen = [];
    let cutting = false;
    const end = () => [client, real].forEach((socket) => socket.destroy());
    for (const socket of [client, real]) {
      open.add(socket);
      socket.on('error', end);
      socket.on('close', () => (open.delete(socket), end()));
    }
    client.on('data', (bytes) => {
      for (const statement of statements.take(bytes)) {
        if (statement.startsWith('BEGIN')) seen = [];
        if (!statement.startsWith('COMMIT')) {
          seen.push(statement);
          continue;
        }
        commits.push(seen);
        const cut = cuts.find((one) => !one.done && seen.some((each) => one.pattern.test(each)));
        if (!cut) continue;
        cut.done = true;
        if (cut.when === 'before') return end(); // it never reaches PostgreSQL
        cutting = true; // PostgreSQL commits, and nobody hears of it
      }
      real.write(bytes);
    });
    real.on('data', (bytes) => (cutting ? end() : client.write(bytes)));
  });
  await new Promise((resolve) => server.listen(join(folder, '.s.PGSQL.5432'), resolve));
  chmodSync(folder, 0o711);
  t.cleanup(() => {
    open.forEach((socket) => socket.destroy());
    server.close();
  });
  return {
    location: postgres.location.replace(postgres.folder, folder),
    commits,
    /** The next transaction with a statement like `pattern` loses its connection before or after its COMMIT
     *  takes effect. */
    cutCommitOf(pattern, when) {
      const cut = { pattern, when, done: false };
      cuts.push(cut);
      return cut;
    },
  };
}
