/**
 * Files that remember what a pool or client was before it was written: one for each write, made before it, readable by
 * their owner alone, never written again. `pending` in the name until the write has been read back and compared.
 */

import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { withoutMembers } from './members.ts';
import type { Raw } from './raw.ts';

/** A pool's id, or a pool's and a client's; with the Region, for a replica has its pool's id. */
export interface BackupKey {
  region: string;
  poolId: string;
  clientId?: string;
}

export interface Backup extends BackupKey {
  format: 1;
  /** When it was made, ISO 8601. */
  takenAt: string;
  before: Raw;
  /** What the write was to come to. */
  wanted: Raw;
}

export interface StoredBackup extends Backup {
  file: string;
  pending: boolean;
}

/** An app client's; no write touches it, so no backup needs it. */
const SECRETS = ['ClientSecret'];

const SETTLED = '.json';
const PENDING = '.pending.json';

/** Never overwrites: a second file of the same millisecond gets a number. Throws what the file system throws. */
export function saveBackup(folder: string, key: BackupKey, content: { before: Raw; wanted: Raw }): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const takenAt = new Date().toISOString();
  const backup: Backup = {
    format: 1,
    takenAt,
    ...key,
    before: withoutMembers(content.before, SECRETS),
    wanted: withoutMembers(content.wanted, SECRETS),
  };
  const text = `${JSON.stringify(backup, null, 2)}\n`;
  for (let number = 0; ; number += 1) {
    const name = `${prefixOf(key)}${takenAt.replaceAll(':', '')}-${String(number).padStart(3, '0')}`;
    const file = join(folder, `${name}${PENDING}`);
    if (!existsSync(join(folder, `${name}${SETTLED}`)) && writeNew(file, text)) return file;
  }
}

/** The backups of one pool or client, the newest first; files that are none are passed over. */
export function listBackups(folder: string, key: BackupKey): StoredBackup[] {
  const prefix = prefixOf(key);
  return namesIn(folder)
    .filter((name) => name.startsWith(prefix) && name.endsWith(SETTLED))
    .toSorted()
    .toReversed()
    .flatMap((name) => {
      const backup = readBackup(join(folder, name));
      return backup ? [{ ...backup, file: join(folder, name), pending: name.endsWith(PENDING) }] : [];
    });
}

/** Takes `pending` off the name; gives the new one. */
export function settleBackup(file: string): string {
  if (!file.endsWith(PENDING)) return file;
  const settled = `${file.slice(0, -PENDING.length)}${SETTLED}`;
  try {
    linkSync(file, settled);
  } catch (error) {
    // Both names: an earlier run was ended right here.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  unlinkSync(file);
  return settled;
}

/** For a write that never was. */
export function discardBackup(file: string): void {
  unlinkSync(file);
}

/** False if there is such a file already. */
function writeNew(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function prefixOf({ region, poolId, clientId }: BackupKey): string {
  return `${poolId}.${region}.${clientId === undefined ? 'pool' : `client-${clientId}`}.`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Null for a file that was cut short, or is somebody else's. */
function readBackup(file: string): Backup | null {
  try {
    const backup = JSON.parse(readFileSync(file, 'utf8')) as Partial<Backup> | null;
    return backup?.format === 1 && backup.before && backup.wanted ? (backup as Backup) : null;
  } catch {
    return null;
  }
}
