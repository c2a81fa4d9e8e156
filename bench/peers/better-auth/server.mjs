// better-auth as its manual sets it up, on Node's own SQLite, without the rate limit that would refuse the
// load.
//     node server.mjs PORT DATABASE
import {betterAuth} from 'better-auth';
import {getMigrations} from 'better-auth/db/migration';
import {toNodeHandler} from 'better-auth/node';
import {createServer} from 'node:http';
import {DatabaseSync} from 'node:sqlite';

const [port, file] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
const options = {
  database,
  baseURL: `http://127.0.0.1:${port}`,
  secret: 'a secret of the benchmark, thirty-two characters long',
  emailAndPassword: {enabled: true},
  rateLimit: {enabled: false},
  telemetry: {enabled: false},
  logger: {level: 'error'},
};
const {runMigrations} = await getMigrations(options);
await runMigrations();
const handler = toNodeHandler(betterAuth(options));
createServer(handler).listen(Number(port), '127.0.0.1');
