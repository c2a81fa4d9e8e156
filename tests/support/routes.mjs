// The product's addresses. The description of the product (GET /openapi.yaml) adds what it knows to this
// list, so that a new room is attacked from its first day.

import { request } from './http.mjs';

const GET = [
  ...['/', '/about', '/language', '/healthz', '/readyz', '/robots.txt', '/openapi.yaml'],
  ...['/.well-known/security.txt', '/.well-known/jwks.json', '/.well-known/change-password'],
  ...['/signin', '/signin/code', '/signin/recovery-code', '/signin/recovery-code/used', '/signin/methods'],
  ...['/signin/wait', '/signup', '/signup/confirm', '/signup/secure', '/signup/second', '/signup/kit'],
  ...['/signup/kit/proof', '/signup/done', '/signup/notice', '/signup/notice/confirm', '/signout'],
  ...['/account', '/account/password', '/account/password/changed', '/account/anti-phishing'],
  ...['/account/devices', '/account/app', '/account/app/new', '/account/app/new/saved', '/account/kit'],
  ...['/account/kit/new', '/account/kit/new/proof', '/account/reauth/{id}'],
  ...['/api/v1/session', '/api/v1/authz'],
];
const POST = [
  ...['/language', '/signin', '/signin/code', '/signin/recovery-code', '/signin/pass', '/signin/pass/code'],
  ...['/signup', '/signup/confirm', '/signup/resend', '/signup/secure', '/signup/check', '/signup/second'],
  ...['/signup/second/later', '/signup/kit', '/signup/kit/proof', '/signup/notice', '/signup/notice/confirm'],
  ...['/signup/notice/resend', '/signout', '/account/password', '/account/password/check'],
  ...['/account/password/confirm', '/account/anti-phishing', '/account/anti-phishing/confirm'],
  ...['/account/anti-phishing/show', '/account/anti-phishing/shown', '/account/devices/end'],
  ...['/account/devices/end-others', '/account/app/add', '/account/app/add/confirm', '/account/app/move'],
  ...['/account/app/remove', '/account/app/remove/confirm', '/account/app/keep', '/account/app/keep/confirm'],
  ...['/account/app/move/confirm', '/account/app/new', '/account/app/new/saved', '/account/app/new/cancel'],
  ...['/account/kit', '/account/kit/confirm', '/account/kit/new', '/account/kit/new/saved'],
  ...['/account/kit/new/proof', '/account/kit/new/cancel'],
];

function described(text) {
  const routes = [];
  let path;
  for (const line of text.split('\n')) {
    path = line.match(/^ {2}["']?(\/[^"':]*)["']?:/)?.[1] ?? (/^\S/.test(line) ? undefined : path);
    const method = line.match(/^ {4}(get|post|put|delete|patch):/)?.[1];
    if (path && method) routes.push({ method: method.toUpperCase(), path });
  }
  return routes;
}

/** [{method, path}], methods in capitals: what this server has, without what only `sallyport dev` has. */
export async function routesOf(server) {
  const answer = await request(server.url, 'GET', '/openapi.yaml');
  if (answer.status !== 200) throw new Error(`/openapi.yaml: ${answer.status}`);
  const all = new Map();
  const listed = [
    ...GET.map((path) => ({ method: 'GET', path })),
    ...POST.map((path) => ({ method: 'POST', path })),
    ...described(answer.body),
  ];
  for (const route of listed) all.set(`${route.method} ${route.path}`, route);
  const there = [];
  for (const route of all.values()) if (await exists(server, route)) there.push(route);
  if (there.length < 10) throw new Error(`only ${there.length} routes are there`);
  return there;
}

/** PUT is no method of any page: 405 where the path is known, and Allow says what it has. */
async function exists(server, { method, path }) {
  const answer = await request(server.url, 'PUT', filled(path));
  return answer.status === 405 && (answer.headers.allow ?? '').split(/,\s*/).includes(method);
}

/** The path with something in place of each {part}. */
export function filled(path, value = '0') {
  return path.replace(/\{[^}]+\}/g, value);
}
