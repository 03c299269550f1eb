/** Verification keys: where they come from, how long we wait for them, and that only fresh ones count. */

import { SimpleJwksCache, SimplePenaltyBox } from 'aws-jwt-verify/jwk';
import { isLoopbackHttp } from '../policy/loopback.ts';
import { KeysUnavailableError } from './errors.ts';
import { assertKeyFits } from './strict.ts';

/** HTTP APIs give an authorizer 10 s and Cognito a trigger 5 s; keys must leave room for the rest. */
const FETCH_TIMEOUT_MS = 1500;

/** After a fetch that failed; short, because nobody new gets in meanwhile. */
const OUTAGE_PAUSE_SECONDS = 2;

/** A JWKS is a few kB; more is not one. */
const MAX_BYTES = 512 * 1024;

/**
 * Fetches a JWKS over `https:` (`http:` only from this machine, for emulators): one attempt, 1.5 s in all, no
 * redirects. Throws `KeysUnavailableError`. Node's client is loaded on first use: it costs a cold start 6 ms.
 */
export const keysFetcher = {
  async fetch(uri: string): Promise<ArrayBuffer> {
    const url = new URL(uri);
    if (url.protocol !== 'https:' && !isLoopbackHttp(url))
      throw new KeysUnavailableError('keys are fetched over https only');
    const { get } =
      url.protocol === 'https:'
        ? process.getBuiltinModule('node:https')
        : process.getBuiltinModule('node:http');
    const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>();
    const request = get(
      url,
      { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS), headers: { accept: 'application/json' } },
      (response) => {
        if (response.statusCode !== 200) {
          request.destroy(new Error(`status ${response.statusCode}`));
          return;
        }
        readAtMost(response, MAX_BYTES).then(resolve, reject);
      },
    );
    request.on('error', reject);
    return promise.catch((cause: unknown) => {
      throw new KeysUnavailableError(`no keys from ${url.host}`, { cause });
    });
  },
};

/**
 * The keys of all issuers. A key is given out only for an algorithm that it fits, and the owner is told when fetched keys replace what was there, so that nothing verified with the old ones stays.
 */
export class KeyCache extends SimpleJwksCache {
  onReplaced: () => void = () => {};
  // The library pauses after a key that was not found; an address that does not answer needs a pause too, or each
  // junk token would wait for it anew.
  readonly #outages = new SimplePenaltyBox({ waitSeconds: OUTAGE_PAUSE_SECONDS });

  constructor(fetcher: Pick<typeof keysFetcher, 'fetch'>) {
    super({ fetcher });
  }

  override async getJwk(...[uri, token]: Parameters<SimpleJwksCache['getJwk']>) {
    const jwk = await super.getJwk(uri, token);
    assertKeyFits(token.header.alg, jwk);
    return jwk;
  }

  override async getJwks(uri: string) {
    await this.#outages.wait(uri);
    try {
      const jwks = await super.getJwks(uri);
      this.onReplaced();
      return jwks;
    } catch (error) {
      this.#outages.registerFailedAttempt(uri);
      throw error;
    }
  }
}

async function readAtMost(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
