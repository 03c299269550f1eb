/** An identity provider's groups: how they are written, and which of them the policy lets in (`members.idp`). */

import type { Artefact } from './artefact.ts';

/**
 * As Cognito keeps a list in an attribute: `[a, b]`, its parts form-encoded, so decoded after the split. Without brackets
 * it is one name, commas and all (contracts F4).
 */
export function parseGroupList(text: unknown): string[] {
  if (typeof text !== 'string') return [];
  const inner = /^\[(.*)\]$/s.exec(text)?.[1];
  if (inner === undefined) return [text];
  return inner.split(',').flatMap((part) => {
    try {
      return [decodeURIComponent(part.trim().replaceAll('+', ' '))];
    } catch {
      return [];
    }
  });
}

/** What `parseGroupList` reads as these names; `[]` for none, which takes the place of what was there. */
export function printGroupList(names: readonly string[]): string {
  return `[${names.map((name) => encodeURIComponent(name.toWellFormed())).join(',')}]`;
}

/** As a provider's response has them: a list, a list in JSON, or as above. */
export function readProviderGroups(value: unknown): string[] {
  const list = typeof value === 'string' && value.startsWith('["') ? parsed(value) : value;
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : parseGroupList(value);
}

/** The groups of the policy that somebody is in who is in `theirs` at the provider. Any other name says nothing. */
export function groupsByProvider(
  { groups }: Artefact,
  provider: string,
  theirs: readonly string[],
): string[] {
  return Object.keys(groups).filter((name) =>
    acceptedOf(groups, name, provider).some((group) => theirs.includes(group)),
  );
}

/** Those of `theirs` that any group of the policy goes by, each once. */
export function acceptedGroups({ groups }: Artefact, provider: string, theirs: readonly string[]): string[] {
  const accepted = new Set(Object.keys(groups).flatMap((name) => acceptedOf(groups, name, provider)));
  return [...new Set(theirs)].filter((name) => accepted.has(name));
}

function acceptedOf(groups: Artefact['groups'], name: string, provider: string): readonly string[] {
  const byProvider = groups[name]?.memberIdp;
  return byProvider && Object.hasOwn(byProvider, provider) ? (byProvider[provider] ?? []) : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
