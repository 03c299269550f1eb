/** The groups of the pool that calls; the client is loaded by the first user who is added to one. */

import type { Groups } from '../onboarding/ports.ts';

export function lazyGroups(): Groups {
  let opened: Promise<Groups> | undefined;
  return {
    add: async (...member) => {
      opened ??= import('./groups-client.ts').then(({ openGroups }) => openGroups());
      await (await opened).add(...member);
    },
  };
}
