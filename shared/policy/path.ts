/** The one reading of a request path: how it is split, decoded and refused (docs/policy.md, "Paths"). */

/** What a decoded segment must not hold: separators, wildcards, path parameters, escapes and controls. */
const AMBIGUOUS_CHARACTER = /[/\\%*?;{}\p{Cc}]/u;

/**
 * Splits a request path into its decoded segments, or gives `null` if the path is ambiguous: if a proxy, a
 * framework or IAM could read it as another path than we do. One trailing slash is dropped; the root is `[]`.
 */
export function segmentsOfPath(path: string): string[] | null {
  if (!path.startsWith('/')) return null;
  const trimmed = path.endsWith('/') ? path.slice(1, -1) : path.slice(1);
  if (trimmed === '') return path === '/' ? [] : null;
  const segments: string[] = [];
  for (const raw of trimmed.split('/')) {
    const segment = decodeSegment(raw);
    if (segment === null) return null;
    segments.push(segment);
  }
  return segments;
}

/** Decodes one segment once; `null` if it is empty, malformed, or decodes to something ambiguous. */
export function decodeSegment(raw: string): string | null {
  const decoded = percentDecode(raw);
  if (decoded === null || decoded === '' || decoded === '.' || decoded === '..') return null;
  return AMBIGUOUS_CHARACTER.test(decoded) ? null : decoded;
}

function percentDecode(raw: string): string | null {
  // A lone surrogate has no UTF-8 form, so two parties would disagree about its bytes.
  if (!raw.isWellFormed()) return null;
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return null;
  }
}
