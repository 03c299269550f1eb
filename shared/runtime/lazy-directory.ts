/** The user pool as linking sees it; its client is loaded by the first call. */

import type { Directory } from '../linking/ports.ts';

export function lazyDirectory(): Directory {
  let opened: Promise<Directory> | undefined;
  const open = () => {
    opened ??= import('./cognito-client.ts').then(({ openCognito }) => openCognito());
    return opened;
  };
  return {
    usersByEmail: async (...args) => (await open()).usersByEmail(...args),
    link: async (...args) => (await open()).link(...args),
  };
}
