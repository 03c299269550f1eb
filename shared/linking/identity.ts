/** Who signs in by a provider, read from the user name that Cognito makes of it: `{provider}_{subject}` (contracts F2). */

import type { CompiledProvider } from '../policy/artefact.ts';
import { claim, type Claims } from '../policy/claims.ts';
import type { Identity } from './ports.ts';

/**
 * Every way to read a user name with these providers, the longest name first. A subject is the provider's to choose and
 * may hold `_`, so that one text can fit two names; and a pool that ignores case hands the whole name over in lower
 * case. Empty if it fits none, or two that differ in case alone.
 */
export function readingsOf(providers: readonly string[], userName: string): Identity[] {
  const readings = providers
    .filter((name) => userName.slice(0, name.length + 1).toLowerCase() === `${name}_`.toLowerCase())
    .map((provider) => ({ provider, subject: userName.slice(provider.length + 1) }))
    .filter(({ subject }) => subject !== '')
    .toSorted((a, b) => b.provider.length - a.provider.length);
  const [first, second] = readings;
  return first?.provider.length === second?.provider.length && second ? [] : readings;
}

/**
 * The provider's own spelling of a subject; null if nobody can tell. A link that is made with another spelling locks the
 * person out: every later sign-in fails. So it comes from the attribute that the pool maps the subject to, if the policy
 * names one, or from a user name that has plainly kept its case.
 */
export function spelledSubject(
  { provider, subject }: Identity,
  { subjectAttribute }: CompiledProvider,
  { userName, attributes }: { userName: string; attributes: Claims },
): string | null {
  if (subjectAttribute !== undefined) {
    const mapped = claim(attributes, subjectAttribute);
    return typeof mapped === 'string' && mapped.toLowerCase() === subject.toLowerCase() ? mapped : null;
  }
  const couldBeFolded = subject !== subject.toUpperCase() && subject === subject.toLowerCase();
  const keptCase = provider !== provider.toLowerCase() && userName.startsWith(provider);
  return couldBeFolded && !keptCase ? null : subject;
}

/** `identities` is JSON text; what is none of ours to read counts as none. */
export function identitiesOf(attributes: Claims): Identity[] {
  const text = claim(attributes, 'identities');
  if (typeof text !== 'string') return [];
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) return [];
    return list.map((each: { providerName?: unknown; userId?: unknown } | null) => ({
      provider: String(each?.providerName ?? ''),
      subject: String(each?.userId ?? ''),
    }));
  } catch {
    return [];
  }
}
