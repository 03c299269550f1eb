/** `MAIL_FROM` as SES takes it. */

/** Octets in one encoded word: RFC 2047 allows 75 characters, `=?UTF-8?B?` and `?=` among them. */
const WORD_OCTETS = 45;

/**
 * `Name <address>` with the name as RFC 5322 wants it: quoted if it holds more than words, and an encoded word (RFC 2047)
 * if it is not ASCII, which SES leaves to the sender.
 */
export function fromHeader(mailFrom: string): string {
  const [, name, address] = /^(.+?) <(.+)>$/.exec(mailFrom) ?? [];
  if (name === undefined || address === undefined) return mailFrom;
  const words = /^"(.*)"$/.exec(name)?.[1] ?? name;
  if (/[^ -~]/.test(words)) return `${encodedWords(words)} <${address}>`;
  const phrase = /^[\w!#$%&'*+/=?^`{|}~ -]+$/.test(words) ? words : `"${words.replace(/["\\]/g, '\\$&')}"`;
  return `${phrase} <${address}>`;
}

/** Split between characters: each word is decoded by itself. */
function encodedWords(text: string): string {
  const words = [''];
  for (const character of text) {
    if (Buffer.byteLength(words.at(-1) + character) > WORD_OCTETS) words.push('');
    words[words.length - 1] += character;
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
