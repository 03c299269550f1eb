/** Judges a write by what can be read after it: as it was meant, mended, or a conflict that is left to people. */

import { type BackupKey, discardBackup, listBackups, settleBackup, type StoredBackup } from './backup.ts';
import { type Difference, differences } from './differences.ts';
import { valueAt, withValue } from './members.ts';
import { KEPT_BY_AWS } from './pool-request.ts';
import type { Raw, Sent } from './raw.ts';

/** A pool or an app client. */
export interface Replaceable {
  key: BackupKey;
  describe: () => Promise<Raw>;
  /** One attempt: what is sent again blindly could undo what another wrote in between. */
  update: (request: Raw) => Promise<Sent>;
  /** `whole`: also what is usually held back. */
  requestOf: (settings: Raw, whole: boolean) => Raw;
}

export interface Applied {
  outcome: 'unchanged' | 'written' | 'restored';
  /** The backup of what was there; null if nothing was written. */
  backup: string | null;
  description: Raw;
}

/** The pool is not what was written, and it cannot be told that only our write made it so. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
  readonly differences: readonly Difference[];
  readonly backup: string;

  constructor(message: string, found: readonly Difference[], backup: string) {
    super(message);
    this.differences = found;
    this.backup = backup;
  }
}

export interface Write {
  before: Raw;
  wanted: Raw;
  request: Raw;
  backup: string;
}

/** Compares; restores what only our own write has reset, while nobody else has written. Throws `Conflict`. */
export async function settle(
  target: Replaceable,
  write: Write,
  { after, sent }: { after: Raw; sent: Sent | 'uncertain' },
): Promise<Omit<Applied, 'backup'>> {
  const found = differences(write.wanted, after);
  if (found.length === 0) return { outcome: 'written', description: after };
  const stop = (message: string, left: Difference[]) => new Conflict(message, left, write.backup);
  if (!found.every((difference) => isReset(difference, write.request)))
    throw stop('somebody else has written since, or AWS has made something else of it', found);
  if (sent === 'uncertain' || !isLast(write.before, after, sent))
    throw stop('settings are gone, and somebody else may have written since', found);
  return restore(target, write, { after, found, stop });
}

/** Sends what our write left out and AWS took off; everything else as it is now. */
async function restore(
  target: Replaceable,
  { wanted }: Write,
  {
    after,
    found,
    stop,
  }: { after: Raw; found: Difference[]; stop: (message: string, left: Difference[]) => Conflict },
): Promise<Omit<Applied, 'backup'>> {
  const mended = found.reduce((settings, { path, expected }) => withValue(settings, path, expected), after);
  const now = await target.describe();
  if (now['LastModifiedDate'] !== after['LastModifiedDate'] || differences(after, now).length > 0)
    throw stop('settings are gone, and somebody else has written since', differences(wanted, now));
  try {
    await target.update(target.requestOf(mended, true));
  } catch (cause) {
    throw Object.assign(stop('settings are gone, and AWS does not take them back', found), { cause });
  }
  const description = await target.describe();
  const left = differences(wanted, description);
  if (left.length > 0) throw stop('settings are gone, and sending them again did not bring them back', left);
  return { outcome: 'restored', description };
}

/**
 * A run that was ended between its write and its comparison left a pending backup. One whose write has not arrived
 * remembers nothing, and goes; gives the newest whose write has.
 */
export function interruptedWrite(
  target: Replaceable,
  description: Raw,
  backups: string,
): StoredBackup | null {
  const pending = listBackups(backups, target.key).filter((backup) => backup.pending);
  for (const backup of pending) if (!hasArrived(backup, description)) discardBackup(backup.file);
  return pending.find((backup) => hasArrived(backup, description)) ?? null;
}

/** What that run could not compare is compared now. Nothing is restored: who has written since cannot be told any more. */
export function finishInterrupted(interrupted: StoredBackup | null, description: Raw): Applied {
  const found = interrupted ? differences(interrupted.wanted, description) : [];
  if (interrupted && found.length > 0)
    throw new Conflict(
      'an earlier run was ended before it could compare, and these settings are not what it meant; look into it, then remove its backup',
      found,
      interrupted.file,
    );
  return { outcome: 'unchanged', backup: null, description };
}

/** They are compared, or overtaken: none of them is left to be looked at. */
export function settleAll(target: Replaceable, backups: string): void {
  for (const { file, pending } of listBackups(backups, target.key)) if (pending) settleBackup(file);
}

/** True if all that a write was to change is as it was to be. */
function hasArrived({ before, wanted }: StoredBackup, description: Raw): boolean {
  const missing = new Set(differences(wanted, description).map(({ path }) => path.join('.')));
  return differences(before, wanted).every(({ path }) => !missing.has(path.join('.')));
}

/** Gone, and our request did not carry it. What AWS keeps by itself is never ours to set: another has changed it. */
function isReset({ path, actual }: Difference, request: Raw): boolean {
  const [member = ''] = path;
  return isGone(actual) && !KEPT_BY_AWS.has(member) && isGone(valueAt(request, path));
}

function isGone(value: unknown): boolean {
  return value === undefined || value === null;
}

/**
 * True if nothing says that another write came after ours: it is newer than what we read, and not newer than the
 * moment at which AWS answered ours. That moment is known to the second, no closer.
 */
function isLast(before: Raw, after: Raw, { answeredAt }: Sent): boolean {
  const [was, is] = [before['LastModifiedDate'], after['LastModifiedDate']];
  if (typeof was !== 'number' || typeof is !== 'number' || answeredAt === null) return false;
  return is > was && is < answeredAt + 1;
}
