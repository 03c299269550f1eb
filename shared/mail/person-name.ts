/** How a mail calls a person. */

const LONGEST = 64;

/**
 * The name, if it can be read as nothing but one; else empty. People choose it themselves, perhaps for the mailbox of
 * another: mail programs make links of what looks like an address, and a long one is a text of its own.
 */
export function personName(name: unknown): string {
  if (typeof name !== 'string') return '';
  const words = name.trim().replace(/\s+/g, ' ');
  // Letters of any script, with a full stop only behind a word: `Dr. Ada O'Neill-Lovelace`, never `example.com`.
  return words.length <= LONGEST && /^(?:[\p{L}\p{M}'’-]+\.?(?: |$))+$/u.test(words) ? words : '';
}
