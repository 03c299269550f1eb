/** The request that replaces an app client by what its description says (contracts E5). */

import type { Raw } from './raw.ts';

/** In a description only. */
export const CLIENT_DESCRIPTION_ONLY: ReadonlySet<string> = new Set([
  'ClientSecret',
  'CreationDate',
  'LastModifiedDate',
  'ClientType',
]);

/** An empty list goes back as one: of attributes, none is not the same as the default set. */
export function clientRequest(description: Raw): Raw {
  return Object.fromEntries(
    Object.entries(description).filter(
      ([name, value]) => !CLIENT_DESCRIPTION_ONLY.has(name) && value !== null && value !== undefined,
    ),
  );
}
