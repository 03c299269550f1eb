/** An example backend: answers with what the authorizer says about the caller. Never called without an allow. */

interface ProxyEvent {
  httpMethod?: string;
  requestContext?: {
    http?: { method?: string };
    authorizer?: { lambda?: unknown } & Record<string, unknown>;
  };
}

interface ProxyAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** For REST and HTTP APIs. An HTTP API puts the context one level deeper, and its own CORS headers over these. */
export async function handler({ httpMethod, requestContext }: ProxyEvent): Promise<ProxyAnswer> {
  const headers = { 'access-control-allow-origin': process.env['CORS_ORIGIN'] ?? '' };
  if ((httpMethod ?? requestContext?.http?.method) === 'OPTIONS')
    return { statusCode: 204, headers, body: '' };
  const authorizer = requestContext?.authorizer;
  return {
    statusCode: 200,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ caller: authorizer?.lambda ?? authorizer ?? null }, null, 2),
  };
}
