// The product's addresses, as its own description says (GET /openapi.yaml).

import { request } from './http.mjs';

/** [{method, path}], methods in capitals, without the ones that only `sallyport dev` has. */
export async function routesOf(server) {
  const answer = await request(server.url, 'GET', '/openapi.yaml');
  if (answer.status !== 200) throw new Error(`/openapi.yaml: ${answer.status}`);
  const routes = [];
  let path;
  for (const line of answer.body.split('\n')) {
    path = line.match(/^ {2}["']?(\/[^"':]*)["']?:/)?.[1] ?? (/^\S/.test(line) ? undefined : path);
    const method = line.match(/^ {4}(get|post|put|delete|patch):/)?.[1];
    if (path && method) routes.push({ method: method.toUpperCase(), path });
  }
  if (routes.length < 10) throw new Error(`only ${routes.length} routes found in /openapi.yaml`);
  return routes;
}

/** The paths with something in place of each {part}. */
export function filled(path, value = '0') {
  return path.replace(/\{[^}]+\}/g, value);
}
