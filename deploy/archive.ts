/** A function's bundle as the zip that Lambda takes; the same files always give the same bytes. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ZipOptions, zipSync } from 'fflate';

/** Readable by all, as Lambda wants it; 1980 began at the same local time everywhere, and zips hold local times. */
const FIXED: ZipOptions = { os: 3, attrs: 0o100644 << 16, mtime: new Date(1980, 0, 1) };

/** Zips the files of a folder at the archive's root. */
export function archiveFolder(folder: string, file: string): void {
  const names = readdirSync(folder).toSorted();
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, zipSync(files, FIXED));
}
