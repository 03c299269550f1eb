/** What clients send to sign in, in the API's words. */

import { PoolError } from './errors.ts';

export type ClientMetadata = Record<string, string>;

export interface InitiateAuthInput {
  AuthFlow: string;
  ClientId: string;
  AuthParameters?: Record<string, string>;
  ClientMetadata?: ClientMetadata;
}

export interface RespondInput {
  ClientId: string;
  ChallengeName: string;
  Session?: string;
  ChallengeResponses?: Record<string, string>;
  ClientMetadata?: ClientMetadata;
}

export interface RefreshInput {
  ClientId: string;
  RefreshToken: string;
  ClientMetadata?: ClientMetadata;
}

export function required(parameters: Record<string, string>, name: string): string {
  const value = parameters[name];
  if (value) return value;
  throw new PoolError('InvalidParameterException', `Missing required parameter ${name}`);
}

/** What is sent along as `userAttributes.NAME`. */
export function sentAttributes(responses: Record<string, string>): Record<string, string> {
  const prefix = 'userAttributes.';
  const sent = Object.entries(responses).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(sent.map(([key, value]) => [key.slice(prefix.length), value]));
}
