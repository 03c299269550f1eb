/** The keys of `OTP_KEY_ID`; the client is loaded by the first that are asked for. */

import { type CodeKeys, KeyError, type KeyRing, parseCodeKeys } from '../sign-in/code-keys.ts';

/** The text of a secret; `fresh` if what is remembered will not do. */
export type ReadSecret = (fresh: boolean) => Promise<unknown>;

/** Without a key nobody signs in by code or link. */
export function lazyKeyRing(arn: string | null): KeyRing {
  let opened: Promise<ReadSecret> | undefined;
  return {
    load: async (fresh = false): Promise<CodeKeys> => {
      if (arn === null) throw new KeyError('OTP_KEY_UNAVAILABLE');
      opened ??= openSecret(arn);
      const text = await (await opened)(fresh).catch((cause: unknown) => {
        throw new KeyError('OTP_KEY_UNAVAILABLE', { cause });
      });
      if (typeof text !== 'string') throw new KeyError('OTP_KEY_MALFORMED');
      return parseCodeKeys(text);
    },
  };
}

async function openSecret(arn: string): Promise<ReadSecret> {
  if (arn.split(':')[2] === 'ssm') {
    const { openParameter } = await import('./ssm-client.ts');
    return openParameter(arn);
  }
  const { openSecretsManager } = await import('./secrets-manager-client.ts');
  return openSecretsManager(arn);
}
