/** What a browser does to sign in with an external provider. */

import { APP_CLIENT_ID, CALLBACK_URL } from '../../sandbox/pool/settings.ts';
import type { Json, TestPool } from './pool.ts';

/** What arrives at the redirect: a code, or an error. Throws for an answer that redirects nowhere. */
export async function authorize(
  { url }: Pick<TestPool, 'url'>,
  change: Record<string, string> = {},
): Promise<Record<string, string>> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: APP_CLIENT_ID,
    redirect_uri: CALLBACK_URL,
    identity_provider: 'Okta',
    scope: 'openid email',
    ...change,
  });
  const response = await fetch(`${url}/oauth2/authorize?${query}`, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (!location?.startsWith(`${CALLBACK_URL}?`)) throw new Error(JSON.stringify(await response.json()));
  return Object.fromEntries(new URL(location).searchParams);
}

/** The token endpoint's answer to a code. */
export async function redeem(
  { url }: Pick<TestPool, 'url'>,
  code = '',
  change: Record<string, string> = {},
): Promise<Json> {
  const form = {
    grant_type: 'authorization_code',
    client_id: APP_CLIENT_ID,
    redirect_uri: CALLBACK_URL,
    code,
  };
  const body = new URLSearchParams({ ...form, ...change });
  return (await (await fetch(`${url}/oauth2/token`, { method: 'POST', body })).json()) as Json;
}

/** The tokens of somebody who signs in with a provider. */
export async function signInWithProvider(
  pool: Pick<TestPool, 'url'>,
  login_hint: string,
  change: Record<string, string> = {},
): Promise<Json> {
  const { code, error_description } = await authorize(pool, { login_hint, ...change });
  if (code === undefined) throw new Error(error_description);
  return redeem(pool, code);
}
