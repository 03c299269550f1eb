/** What bundles were built for: written beside them by the build, compared before they are packed. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artefact } from '../shared/policy/artefact.ts';

export interface BundleStamp {
  /** As the audit lines and the backend see it: `policyHash`. */
  policy: string;
  answerMode: string;
  /** Digests of the bundles' folders: which bundles this stamp speaks of. */
  bundles: Record<string, string>;
}

/** The artefact as the bundles hold it, and the first 16 hex digits of its SHA-256. */
export function serializeArtefact(artefact: Artefact): { json: string; hash: string } {
  const json = JSON.stringify(artefact);
  return { json, hash: createHash('sha256').update(json).digest('hex').slice(0, 16) };
}

/** Removed before the bundles change and written after, so that a build that was cut off leaves none. */
export function removeStamp(out: string): void {
  rmSync(join(out, 'built-for.json'), { force: true });
}

export function writeStamp(out: string, names: string[], built: Omit<BundleStamp, 'bundles'>): void {
  const bundles = Object.fromEntries(names.map((name) => [name, digestOf(join(out, name))]));
  writeFileSync(
    join(out, 'built-for.json'),
    `${JSON.stringify({ ...built, bundles } satisfies BundleStamp, null, 2)}\n`,
  );
}

/** Null if there is no finished build. */
export function readStamp(out: string): BundleStamp | null {
  const file = join(out, 'built-for.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BundleStamp) : null;
}

/** Why the bundles in `out` must not be packed; null if they may. `wanted`: what this stage is to have. */
export function stampMismatch(
  { policy, answerMode, bundles }: BundleStamp,
  out: string,
  wanted: Omit<BundleStamp, 'bundles'>,
): string | null {
  const changed = Object.keys(bundles).find((name) => bundles[name] !== digestOf(join(out, name)));
  if (changed !== undefined) return `the bundle of \`${changed}\` is not the one that was built`;
  if (policy !== wanted.policy)
    return `the bundles hold policy ${policy}, and this stage's is ${wanted.policy}`;
  if (answerMode !== wanted.answerMode)
    return `the bundles were built for answerMode ${answerMode}, and this stage's is ${wanted.answerMode}`;
  return null;
}

/** The digest of a folder that is not there is that of an empty one. */
function digestOf(folder: string): string {
  const digest = createHash('sha256');
  for (const name of existsSync(folder) ? readdirSync(folder).toSorted() : []) {
    const content = readFileSync(join(folder, name));
    digest.update(`${name} ${content.length}\n`).update(content);
  }
  return digest.digest('hex');
}
