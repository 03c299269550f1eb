/** "Did you mean": the known word that a typing error could have come from. */

import { closestMatch } from 'leven';

/** Comparing takes time; among more words than these nobody looks for a slip. */
const MAX_KNOWN = 200;

export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length > MAX_KNOWN) return undefined;
  // Half a word's letters wrong is another word, not a slip.
  return closestMatch(word, known, { maxDistance: Math.min(3, Math.floor(word.length / 2)) });
}
