/** A user pool's API on loopback, as long as a test file runs. */

import { afterAll, beforeAll } from '@jest/globals';
import type { LocalServer } from '../../sandbox/http.ts';
import { UserPoolApi } from '../../sandbox/aws/user-pool.ts';
import { AWS_ENV } from './dynamodb.ts';

export class WireCognito extends UserPoolApi {
  #server: LocalServer | undefined;

  constructor() {
    super();
    beforeAll(async () => {
      this.#server = await this.listen();
    });
    afterAll(async () => this.#server?.close());
  }

  get env(): Record<string, string> {
    return { ...AWS_ENV, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: this.#server?.url ?? '' };
  }
}
