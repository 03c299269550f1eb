/** What all user pool triggers have in common. */

import * as v from 'valibot';

export const triggerEntries = {
  version: v.string(),
  triggerSource: v.string(),
  userPoolId: v.string(),
  // Absent for some administrator's calls.
  callerContext: v.nullish(v.looseObject({ clientId: v.nullish(v.string()) })),
};

export const attributes = v.nullish(v.record(v.string(), v.unknown()));
