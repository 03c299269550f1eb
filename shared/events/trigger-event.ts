/** What all user pool triggers have in common. */

import { anything, mapOf, maybe, objectWith, text } from './shape.ts';

export const triggerEntries = {
  version: text,
  triggerSource: text,
  userPoolId: text,
  // Absent for some administrator's calls.
  callerContext: maybe(objectWith({ clientId: maybe(text) })),
};

export const attributes = maybe(mapOf(anything));
