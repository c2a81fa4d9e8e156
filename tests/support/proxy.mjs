// nginx in front, with TLS, as an operator would put it there.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Child, runToEnd } from './child.mjs';
import { freePort, temporaryFolder } from './places.mjs';
import { request } from './http.mjs';
import { Hopeless, until } from './until.mjs';

/** A certificate for localhost that signs itself, good for a day: {cert, key} (paths). */
export async function selfSigned(folder) {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const made = await runToEnd('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  if (made.code !== 0) throw new Error(made.output);
  return { cert, key };
}

export class Proxy {
  /** Reserves the port, so that a server can be told its public address before either is there. */
  static async reserve({ t } = {}) {
    const proxy = new Proxy();
    proxy.port = await freePort();
    proxy.url = `https://localhost:${proxy.port}`;
    proxy.host = `localhost:${proxy.port}`;
    t?.cleanup(() => proxy.stop());
    t?.onFailure(() => proxy.child?.output);
    return proxy;
  }

  /** Starts nginx before the server at `backendPort`. `locations` is nginx text inside the server block
   *  (default: pass all); `extra` is text beside it. */
  async start(backendPort, { locations, extra = '' } = {}) {
    const folder = temporaryFolder('nginx');
    const { cert, key } = await selfSigned(folder);
    const pass = `location / { proxy_pass http://127.0.0.1:${backendPort};
      proxy_set_header Host $host:${this.port};
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto https; proxy_http_version 1.1; }`;
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((n) => `${n}_temp_path ${folder}/${n};`)
      .join(' ');
    const conf = join(folder, 'nginx.conf');
    writeFileSync(
      conf,
      `${process.getuid() === 0 ? 'user root;\n' : ''}daemon off; worker_processes 1; pid ${folder}/pid;
error_log stderr warn;
events { worker_connections 256; }
http { access_log off; ${temporary}
  ${extra}
  server { listen 127.0.0.1:${this.port} ssl; server_name localhost;
    ssl_certificate ${cert}; ssl_certificate_key ${key};
    ${locations ?? pass}
  }
}
`,
    );
    this.child = new Child('/usr/sbin/nginx', ['-p', folder, '-e', 'stderr', '-c', conf]);
    await until(() => {
      if (!this.child.alive) throw new Hopeless(this.child.output);
      return request(this.url, 'GET', '/');
    }, 'nginx answers');
    return this;
  }

  async stop() {
    if (this.child?.alive) await this.child.stop('SIGQUIT').catch(() => this.child.kill());
  }
}
