// A PostgreSQL server of a test's own, on a Unix socket, that it may stop and start. A server that refuses
// root runs as a user without rights.

import { chownSync, chmodSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { Child, runToEnd } from './child.mjs';
import { temporaryFolder } from './places.mjs';
import { Hopeless, until } from './until.mjs';

const BINARIES = '/usr/lib/postgresql/15/bin/';
const SUPERUSER = 'sallyport';

async function identity() {
  if (process.getuid() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = [await runToEnd('id', ['-u', name]), await runToEnd('id', ['-g', name])];
    if (uid.code === 0) return { uid: Number(uid.output), gid: Number(gid.output) };
  }
  throw new Error('neither postgres nor nobody is a user of this machine');
}

class Postgres {
  /** libpq's words for the database. */
  get conninfo() {
    return `host=${this.folder} user=${SUPERUSER} dbname=postgres`;
  }
  /** As the configuration file writes it. */
  get location() {
    return `postgres:${this.conninfo}`;
  }

  async start() {
    const options = ['listen_addresses=', 'fsync=off', 'max_connections=100', 'shared_buffers=32MB'];
    const words = ['-D', join(this.folder, 'data'), '-k', this.folder, ...options.flatMap((o) => ['-c', o])];
    this.child = new Child(`${BINARIES}postgres`, words, { ...this.user, cwd: this.folder });
    await until(async () => {
      if (!this.child.alive) throw new Hopeless(this.child.output);
      return (await runToEnd(`${BINARIES}pg_isready`, ['-h', this.folder])).code === 0;
    }, 'PostgreSQL answers');
  }
  /** Clients are cut off; what was committed stays. */
  async stop() {
    if (this.child?.alive) await this.child.stop('SIGINT');
  }
  /** Stops all its processes where they are; the function that lets them go on. */
  freeze() {
    const parent = (pid) => {
      try {
        return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) \S /s, '').split(' ')[0]);
      } catch {
        return 0; // it has ended
      }
    };
    const frozen = new Set();
    const stop = (pid) => (process.kill(pid, 'SIGSTOP'), frozen.add(pid));
    stop(this.child.pid); // first, so that it starts no more
    for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each)))
      if (parent(name) === this.child.pid) stop(Number(name));
    return () => {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
      frozen.clear();
    };
  }
  /** The rows of a statement, as psql prints them without decoration. */
  async query(sql) {
    const { code, output } = await runToEnd('psql', ['-X', '-A', '-t', '-q', '-c', sql, this.conninfo]);
    if (code !== 0) throw new Error(output);
    return output.trim();
  }
}

export async function ownPostgres({ t }) {
  const postgres = new Postgres();
  postgres.folder = temporaryFolder('pg');
  postgres.user = await identity();
  if (postgres.user.uid) chownSync(postgres.folder, postgres.user.uid, postgres.user.gid);
  chmodSync(postgres.folder, 0o711);
  const made = await runToEnd(
    `${BINARIES}initdb`,
    [
      '-D',
      join(postgres.folder, 'data'),
      '-U',
      SUPERUSER,
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { ...postgres.user, cwd: postgres.folder },
  );
  if (made.code !== 0) throw new Error(made.output);
  t.cleanup(() => postgres.stop());
  t.onFailure(() => postgres.child?.output.slice(-2000));
  await postgres.start();
  return postgres;
}
