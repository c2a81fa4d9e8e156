// Where things are, and temporary folders that go when the process ends.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const VECTORS = process.env.SALLYPORT_VECTORS ?? join(ROOT, '../shared/vectors');
export const SCREENS = join(ROOT, 'build/screens');

const folders = [];
process.on('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder of this process, removed when it ends. */
export function temporaryFolder(name = 'test') {
  const folder = mkdtempSync(join(tmpdir(), `sallyport-${name}.`));
  folders.push(folder);
  return folder;
}

/** A TCP port on 127.0.0.1 that nobody listens on at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
