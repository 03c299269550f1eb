/**
 * A pool and its app clients as AWS describes them, in JSON that no SDK has read: an SDK drops what it does not know, in
 * answers and in requests (contracts E3), and what a request leaves out is reset (E1).
 */

import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';

/** A JSON object as AWS writes it; moments are seconds since 1970. */
export type Raw = Readonly<Record<string, unknown>>;

/** Throws what the SDK throws, `ResourceNotFoundException` for a pool that is not in this account and Region. */
export async function describePool(client: CognitoIdentityProviderClient, poolId: string): Promise<Raw> {
  const command = new DescribeUserPoolCommand({ UserPoolId: poolId });
  return memberOf(await rawAnswer(command, () => client.send(command)), 'UserPool');
}

/** What a person knows a pool by. */
export interface PoolName {
  id: string;
  region: string;
  name: string;
  /** Null if AWS does not say. */
  tier: string | null;
}

export function poolName({ Name, UserPoolTier }: Raw, id: string, region: string): PoolName {
  return {
    id,
    region,
    name: String(Name ?? ''),
    tier: typeof UserPoolTier === 'string' ? UserPoolTier : null,
  };
}

/** With the `ClientSecret` of a client that has one: never print it. */
export async function describeClient(
  client: CognitoIdentityProviderClient,
  poolId: string,
  clientId: string,
): Promise<Raw> {
  const command = new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId });
  return memberOf(await rawAnswer(command, () => client.send(command)), 'UserPoolClient');
}

/** When AWS answered a write, in seconds since 1970 by its own clock, cut to the second; null if it does not say. */
export interface Sent {
  answeredAt: number | null;
}

/**
 * Replaces the whole of a pool: `request` is sent as it is. Give it a client of one attempt: a request that is
 * repeated after a time-out could undo what another has written in between.
 */
export async function updatePool(client: CognitoIdentityProviderClient, request: Raw): Promise<Sent> {
  const command = new UpdateUserPoolCommand({ UserPoolId: String(request['UserPoolId']) });
  return sentAsIs(command, request, () => client.send(command));
}

/** As `updatePool`, for an app client. */
export async function updateClient(client: CognitoIdentityProviderClient, request: Raw): Promise<Sent> {
  const command = new UpdateUserPoolClientCommand({
    UserPoolId: String(request['UserPoolId']),
    ClientId: String(request['ClientId']),
  });
  return sentAsIs(command, request, () => client.send(command));
}

/** Reads the answer before the SDK does; the SDK still reads it, for it makes errors of errors. */
async function rawAnswer(
  command: DescribeUserPoolCommand | DescribeUserPoolClientCommand,
  send: () => Promise<unknown>,
): Promise<unknown> {
  let text = '';
  // One kind of stack is as good as the other; the compiler asks for one.
  (command as DescribeUserPoolCommand).middlewareStack.add(
    (next) => async (args) => {
      const output = await next(args);
      const response = output.response as { body: AsyncIterable<Uint8Array> };
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      text = bytes.toString('utf8');
      Object.assign(response, { body: new Uint8Array(bytes) });
      return output;
    },
    { step: 'deserialize', priority: 'low', name: 'keepRawAnswer' },
  );
  await send();
  return JSON.parse(text);
}

/** Puts the JSON in place of the SDK's, which would lack what the SDK does not know; before it is measured and signed. */
async function sentAsIs(
  command: UpdateUserPoolCommand | UpdateUserPoolClientCommand,
  request: Raw,
  send: () => Promise<unknown>,
): Promise<Sent> {
  let date: string | undefined;
  const { middlewareStack: stack } = command as UpdateUserPoolCommand;
  stack.add(
    (next) => (args) => {
      Object.assign(args.request as object, { body: JSON.stringify(request) });
      return next(args);
    },
    { step: 'build', priority: 'high', name: 'sendAsIs' },
  );
  stack.add(
    (next) => async (args) => {
      const output = await next(args);
      date = (output.response as { headers: Record<string, string> }).headers['date'];
      return output;
    },
    { step: 'deserialize', priority: 'low', name: 'keepDate' },
  );
  await send();
  const answeredAt = Date.parse(date ?? '') / 1000;
  return { answeredAt: Number.isNaN(answeredAt) ? null : answeredAt };
}

function memberOf(answer: unknown, name: string): Raw {
  const member = (answer as Record<string, unknown> | null)?.[name];
  if (typeof member !== 'object' || member === null || Array.isArray(member))
    throw new TypeError(`AWS answered without \`${name}\``);
  return member as Raw;
}
