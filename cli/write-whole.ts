/** Writes a file whole or not at all. */

import { renameSync, writeFileSync } from 'node:fs';

export function writeWhole(file: string, text: string): void {
  const part = `${file}.${process.pid}`;
  writeFileSync(part, text);
  renameSync(part, file);
}
