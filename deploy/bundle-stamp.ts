/** What bundles were built for: written beside them by the build, compared before they are packed. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Why the bundles in `out` must not be packed; null if they may. `wanted`: what this stage is to have. */
export function stampMismatch(
  out: string,
  names: string[],
  wanted: Omit<BundleStamp, 'bundles'>,
): string | null {
  let stamp: BundleStamp;
  try {
    stamp = JSON.parse(readFileSync(join(out, 'built-for.json'), 'utf8')) as BundleStamp;
    const changed = names.find((name) => stamp.bundles[name] !== digestOf(join(out, name)));
    if (changed !== undefined) return `the bundle of \`${changed}\` is not the one that was built`;
  } catch {
    return 'there is no finished build';
  }
  if (stamp.policy !== wanted.policy)
    return `the bundles hold policy ${stamp.policy}, and this stage's is ${wanted.policy}`;
  if (stamp.answerMode !== wanted.answerMode)
    return `the bundles were built for answerMode ${stamp.answerMode}, and this stage's is ${wanted.answerMode}`;
  return null;
}

function digestOf(folder: string): string {
  const digest = createHash('sha256');
  for (const name of readdirSync(folder).toSorted()) {
    const content = readFileSync(join(folder, name));
    digest.update(`${name} ${content.length}\n`).update(content);
  }
  return digest.digest('hex');
}
