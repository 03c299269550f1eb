/** What a scenario sends: calls of the SDK, of the APIs, and for a machine's token. */

import { request as httpRequest } from 'node:http';
import type { AppClient } from './pool/settings.ts';

export interface Response {
  status: number;
  /** The error's text; empty if there was none. */
  message: string;
}

/** What a machine does at the token endpoint; throws if it gets no token. */
export async function requestMachineToken(
  poolUrl: string,
  client: AppClient,
  scopes: string[],
): Promise<string> {
  const response = await fetch(`${poolUrl}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.ClientId}:${client.ClientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: scopes.join(' ') }),
  });
  const { access_token: token, error } = (await response.json()) as { access_token?: string; error?: string };
  if (token === undefined) throw new Error(`the pool gave the machine no token: ${error}`);
  return token;
}

/** The path goes out as it is: `fetch` would tidy `..` and `//` away. */
export async function requestAsIs(url: string, method: string, token: string | null): Promise<number> {
  const [, origin = '', path = '/'] = /^(http:\/\/[^/]+)(\/.*)$/.exec(url) ?? [];
  const { hostname, port } = new URL(origin);
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = httpRequest({ hostname, port, path, method, headers, timeout: 10_000 }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0));
  });
  request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer within 10 s')));
  request.end();
  return promise;
}

/** The HTTP status and error text of an SDK call, whether it succeeded or not. */
export async function send(
  operation: () => Promise<{ $metadata: { httpStatusCode?: number | undefined } }>,
): Promise<Response> {
  try {
    const { $metadata } = await operation();
    return { status: $metadata.httpStatusCode ?? 0, message: '' };
  } catch (error) {
    const { $metadata, message } = error as { $metadata?: { httpStatusCode?: number }; message: string };
    // No HTTP response at all is no outcome of a step: the stage has fallen over.
    if ($metadata?.httpStatusCode === undefined) throw error;
    return { status: $metadata.httpStatusCode, message };
  }
}
