// HTTP as a program speaks it: nothing is added that a test did not ask for, and a jar keeps cookies.

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';

import { within } from './until.mjs';

/** One request: {status, headers, body (text), json}. Redirects are answers. `headers` may replace Host. */
export function request(base, method, path, { headers = {}, body, seconds = 30, agent } = {}) {
  const url = new URL(path, base);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  // A resolver may give ::1 for localhost first; the server listens where the test said.
  const hostname = url.hostname === 'localhost' ? '127.0.0.1' : url.hostname;
  const options = {
    method,
    hostname,
    port: url.port,
    path: path.startsWith('http') ? url.pathname + url.search : path,
    agent,
    headers: { Host: url.host, ...headers },
    rejectUnauthorized: false,
    servername: url.hostname,
  };
  return within(
    new Promise((resolve, reject) => {
      const sent = send(options, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const bytes = Buffer.concat(parts);
          resolve(new Answer(answer, bytes));
        });
      });
      sent.on('error', reject);
      if (body !== undefined) {
        if (!sent.hasHeader('content-length') && !sent.hasHeader('transfer-encoding')) {
          sent.setHeader('Content-Length', Buffer.byteLength(body));
        }
        sent.write(body);
      }
      sent.end();
    }),
    `${method} ${url} is answered`,
    seconds,
  );
}

export class Answer {
  constructor(message, bytes) {
    this.status = message.statusCode;
    this.headers = message.headers;
    this.rawHeaders = message.rawHeaders;
    this.bytes = bytes;
    this.setCookies = message.headers['set-cookie'] ?? [];
  }

  get body() {
    return this.bytes.toString('utf8');
  }
  get location() {
    return this.headers.location;
  }
  get json() {
    if (!/\bjson\b/.test(this.headers['content-type'] ?? '')) {
      throw new Error(
        `not JSON but ${this.headers['content-type']}, ${this.status}: ${this.body.slice(0, 300)}`,
      );
    }
    return JSON.parse(this.body);
  }
}

/** Bytes on a socket, as they are; everything that came back until the other side closed, or `seconds`
 *  passed. */
export function rawHttp(port, bytes, { seconds = 10, end = false } = {}) {
  return new Promise((resolve, reject) => {
    const parts = [];
    const socket = connect(port, '127.0.0.1', () => {
      end ? socket.end(bytes) : socket.write(bytes);
    });
    const finish = () => {
      socket.destroy();
      resolve(Buffer.concat(parts).toString('latin1'));
    };
    socket.setTimeout(seconds * 1000, finish);
    socket.on('data', (part) => parts.push(part));
    socket.on('close', finish);
    socket.on('error', (error) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? finish() : reject(error),
    );
  });
}

export class Client {
  /** A browser without a page: asks for JSON, sends its Origin, keeps cookies. `headers` go with every
   *  request. */
  constructor(base, { headers = {} } = {}) {
    this.base = base;
    this.headers = headers;
    this.cookies = new Map();
  }

  get(path, options) {
    return this.send('GET', path, options);
  }

  /** POST of `fields` as JSON; with {form: true} as a form. */
  post(path, fields = {}, { form = false, headers = {}, ...options } = {}) {
    const body = form ? new URLSearchParams(fields).toString() : JSON.stringify(fields);
    const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
    return this.send('POST', path, { ...options, body, headers: { 'Content-Type': type, ...headers } });
  }

  async send(method, path, { headers = {}, ...options } = {}) {
    const own = {
      Accept: 'application/json',
      ...(method === 'GET' || method === 'HEAD' ? {} : { Origin: new URL(this.base).origin }),
    };
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookie) own.Cookie = cookie;
    const all = { ...own, ...this.headers, ...headers };
    for (const name of Object.keys(all)) if (all[name] === null) delete all[name];
    const answer = await request(this.base, method, path, { ...options, headers: all });
    answer.setCookies.forEach((line) => this.#keep(line));
    return answer;
  }

  #keep(line) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    const gone = attributes.some(
      (part) =>
        /^max-age=(0|-\d+)$/i.test(part) ||
        (/^expires=/i.test(part) && Date.parse(part.slice(8)) < Date.now()),
    );
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(at + 1));
  }

  /** A second browser that stole the cookies of this one. */
  copy() {
    const other = new Client(this.base, { headers: this.headers });
    other.cookies = new Map(this.cookies);
    return other;
  }
}
