/** What a client reads that is not let through: statuses, bodies and gateway responses (contracts A4). */

import type { Api, ResponseType } from './model.ts';

export interface Refusal {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

const DENIED = 'User is not authorized to access this resource';

/** Status and text on REST and WebSocket APIs. */
const REST: Record<ResponseType, { status: number; message: string }> = {
  UNAUTHORIZED: { status: 401, message: 'Unauthorized' },
  ACCESS_DENIED: { status: 403, message: DENIED },
  AUTHORIZER_FAILURE: { status: 500, message: 'Internal Server Error' },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, message: 'Missing Authentication Token' },
  URI_TOO_LONG: { status: 414, message: 'URI Too Long' },
};

const HTTP: typeof REST = {
  ...REST,
  ACCESS_DENIED: { status: 403, message: 'Forbidden' },
  MISSING_AUTHENTICATION_TOKEN: { status: 404, message: 'Not Found' },
};

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

export function refuse(api: Api, type: ResponseType, { explicit = false } = {}): Refusal {
  const { status, message: plain } = (api.kind === 'http' ? HTTP : REST)[type];
  const message = explicit && api.kind !== 'http' ? `${plain} with an explicit deny` : plain;
  const responses = api.kind === 'rest' ? (api.gatewayResponses ?? {}) : {};
  const settings = responses[type] ?? responses[status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'] ?? {};
  const values: Record<string, string> = {
    messageString: JSON.stringify(message),
    message,
    responseType: type,
  };
  return {
    status: settings.statusCode ?? status,
    headers: { 'content-type': 'application/json', ...settings.headers },
    body: (settings.template ?? DEFAULT_TEMPLATE).replace(
      /\$context\.error\.(messageString|message|responseType)\b/g,
      (_, name: string) => values[name] ?? '',
    ),
  };
}
