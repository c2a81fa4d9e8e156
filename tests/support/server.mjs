// The real server in a folder of its own, on free ports, with a clock that a test can move.
//
//   const server = await Server.start({ t });           // stops by itself at the end of test `t`
//   server.url, server.privateUrl, server.devToken, server.folder
//   server.moveClock({ minutes: 15 });  server.now()
//   await server.stop();  await server.kill();  await server.restart();
//
// The program is build/release/sallyport-test, the same as sallyport but for the clock: SALLYPORT_TEST_CLOCK
// names a file whose content, `+123000`, is added to the clock in milliseconds. SALLYPORT_TEST_BINARY names
// another program.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';

import { Child } from './child.mjs';
import { request } from './http.mjs';
import { ROOT, freePort, temporaryFolder } from './places.mjs';
import { until } from './until.mjs';

export const BINARY = resolve(ROOT, process.env.SALLYPORT_TEST_BINARY ?? 'build/release/sallyport-test');
const START_SECONDS = 60;
const START_TRIES = 5;

export class Server {
  /** Options: t (a test, which then stops it), command (default ['dev']), config (text of a configuration
   *  file, or a function of {port, privatePort, folder} that gives it), env, port, folder, ready (false:
   *  do not wait), binary, user ({uid, gid}). */
  static async start(options = {}) {
    for (let tries = 1; ; tries++) {
      const server = new Server(options);
      options.t?.cleanup(() => server.stop());
      options.t?.onFailure(() => `the server's log:\n${server.log.slice(-4000)}`);
      try {
        return await server.#launch();
      } catch (error) {
        await server.child?.kill();
        const taken = /in use|EADDRINUSE/i.test(server.log) && !options.port;
        if (!taken || tries === START_TRIES) throw error;
      }
    }
  }

  constructor(options) {
    this.options = options;
    this.folder = options.folder ?? temporaryFolder('server');
    this.clockFile = join(this.folder, 'clock-offset');
    this.devToken = randomBytes(16).toString('hex');
    this.offsetMs = 0;
    this.#writeClock();
  }

  async #launch() {
    const { options } = this;
    this.port = options.port ?? (await freePort());
    this.privatePort = options.privatePort ?? (await freePort());
    const env = {
      ...process.env,
      SALLYPORT_LISTEN: `127.0.0.1:${this.port}`,
      SALLYPORT_PRIVATE_LISTEN: `127.0.0.1:${this.privatePort}`,
      SALLYPORT_DATA: join(this.folder, 'data'),
      SALLYPORT_DEV_TOKEN: this.devToken,
      SALLYPORT_TEST_CLOCK: this.clockFile,
    };
    delete env.SALLYPORT_CONFIG;
    if (options.config) {
      env.SALLYPORT_CONFIG = join(this.folder, 'sallyport.toml');
      const text = typeof options.config === 'function' ? options.config(this) : options.config;
      writeFileSync(env.SALLYPORT_CONFIG, text);
    }
    this.child = new Child(options.binary ?? BINARY, options.command ?? ['dev'], {
      env: { ...env, ...options.env },
      cwd: this.folder,
      ...options.user,
    });
    if (options.ready !== false) await this.ready();
    return this;
  }

  get url() {
    return `http://localhost:${this.port}`;
  }
  get privateUrl() {
    return `http://127.0.0.1:${this.privatePort}`;
  }
  get host() {
    return `localhost:${this.port}`;
  }
  get pid() {
    return this.child.pid;
  }
  get log() {
    return this.child?.output ?? '';
  }

  /** VmHWM counts from now on (proc(5), clear_refs). */
  forgetPeak() {
    writeFileSync(`/proc/${this.pid}/clear_refs`, '5');
  }
  /** `what`: VmRSS (now) or VmHWM (the most so far). */
  memoryMib(what) {
    const line = new RegExp(`${what}:\\s+(\\d+) kB`);
    return Number(readFileSync(`/proc/${this.pid}/status`, 'utf8').match(line)[1]) / 1024;
  }

  /** Waits until it answers that it can serve. */
  async ready(seconds = START_SECONDS) {
    await until(
      async () => {
        if (!this.child.alive) return true;
        return (await request(this.privateUrl, 'GET', '/readyz')).status === 200;
      },
      `the server is ready; it said:\n${this.log}`,
      seconds,
    );
    if (!this.child.alive)
      throw new Error(`the server ended (${JSON.stringify(this.child.end)}):\n${this.log}`);
  }

  /** Moves the server's clock by {days, hours, minutes, seconds, ms}, forward or (negative) back. */
  moveClock({ days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 }) {
    this.offsetMs += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
    this.#writeClock();
  }

  /** The server's time, in ms since 1970. */
  now() {
    return Date.now() + this.offsetMs;
  }

  #writeClock() {
    const sign = this.offsetMs < 0 ? '' : '+';
    writeFileSync(`${this.clockFile}.new`, `${sign}${this.offsetMs}`);
    renameSync(`${this.clockFile}.new`, this.clockFile);
  }

  async stop() {
    return this.child?.alive ? this.child.stop() : this.child?.end;
  }
  async kill() {
    return this.child.kill();
  }

  /** Starts it again in the same folder and on the same ports (after stop or kill). */
  async restart() {
    if (this.child.alive) await this.stop();
    this.options = { ...this.options, port: this.port, privatePort: this.privatePort };
    return this.#launch();
  }
}
