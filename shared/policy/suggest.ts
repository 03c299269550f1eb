/** "Did you mean": the known word that a typing error could have come from. */

import { closestMatch } from 'leven';

export function suggest(word: string, known: readonly string[]): string | undefined {
  // Half a word's letters wrong is another word, not a slip.
  return closestMatch(word, known, { maxDistance: Math.min(3, Math.floor(word.length / 2)) });
}
