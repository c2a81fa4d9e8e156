// Programs that a test starts: their output is kept, and they are ended by their process id.

import { spawn } from 'node:child_process';

import { Hopeless, until, within } from './until.mjs';

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Child {
  /** Starts `command` with `args`; `options` are node's (cwd, env, uid). */
  constructor(command, args = [], options = {}) {
    this.name = command.split('/').pop();
    this.output = '';
    this.lines = 0;
    this.process = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    running.add(this.process);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        this.output += text;
      });
    }
    this.ended = new Promise((resolve) => {
      this.process.once('error', (error) => {
        this.output += String(error);
        resolve({ code: 127 });
      });
      this.process.once('close', (code, signal) => resolve({ code, signal }));
    }).then((end) => {
      running.delete(this.process);
      this.end = end;
      return end;
    });
  }

  get pid() {
    return this.process.pid;
  }
  get alive() {
    return !this.end;
  }

  /** Waits until the output has the text or pattern; returns the match. An early end is an error with the
   *  output. */
  async says(pattern, seconds = 30) {
    return until(
      () => {
        const found =
          typeof pattern === 'string'
            ? this.output.includes(pattern) && [pattern]
            : this.output.match(pattern);
        if (!found && !this.alive)
          throw new Hopeless(`${this.name} ended (${JSON.stringify(this.end)}):\n${this.output}`);
        return found;
      },
      `${this.name} says ${pattern}; it said:\n${this.output}`,
      seconds,
    );
  }

  signal(name) {
    if (this.alive) this.process.kill(name);
  }

  /** Ends it in order and waits; returns {code, signal}. */
  async stop(signal = 'SIGTERM', seconds = 20) {
    this.signal(signal);
    try {
      return await within(this.ended, `${this.name} stops on ${signal}`, seconds);
    } catch (error) {
      this.process.kill('SIGKILL');
      await this.ended;
      throw new Error(`${error.message}\n${this.output}`);
    }
  }

  /** Ends it at once, as a power cut does. */
  async kill() {
    this.signal('SIGKILL');
    return this.ended;
  }
}

/** Runs a program to its end: {code, output}. */
export async function runToEnd(command, args = [], options = {}, seconds = 60) {
  const child = new Child(command, args, options);
  const { code, signal } = await within(child.ended, `${command} ends`, seconds).catch(async (error) => {
    await child.kill();
    throw error;
  });
  return { code, signal, output: child.output };
}
