/** A function's bundle as the zip that Lambda takes; the same files always give the same bytes. */

import { createWriteStream, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** Zips the files of a folder at the archive's root, with fixed times and modes. */
export async function archiveFolder(folder: string, file: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const zip = new ZipFile();
  for (const name of readdirSync(folder).toSorted())
    zip.addBuffer(readFileSync(join(folder, name)), name, { mtime: new Date(0), mode: 0o100644 });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}
