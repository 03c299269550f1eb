/** Refresh tokens: opaque to clients, as Cognito's are. They say which sign-in they go on with. */

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** One sign-in, from which tokens are issued again and again. */
export interface SignInSession {
  username: string;
  clientId: string;
  originJti: string;
  /** Seconds; refreshing keeps it. */
  authTime: number;
  scopes: string[];
  /** Seconds. */
  expiresAt: number;
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

export class RefreshTokens {
  readonly #key = randomBytes(32);

  seal(session: SignInSession): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(session)), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Null if this pool did not seal it. */
  open(token: string): SignInSession | null {
    try {
      const bytes = Buffer.from(token, 'base64url');
      const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(text.toString()) as SignInSession;
    } catch {
      return null;
    }
  }
}
