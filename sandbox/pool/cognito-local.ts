/**
 * cognito-local, run inside this process for what it does by itself: sign-up, codes, passwords, attributes, groups,
 * administration. Its sign-in and its tokens are never reached (`protocol.ts`), nor are its files and its server.
 */

import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Attribute, Group, User } from './directory.ts';
import { MemoryStore } from './memory-store.ts';
import { type AppClient, POOL_ID } from './settings.ts';

/** What cognito-local hands to a trigger. */
export interface AccountEvent {
  clientId: string;
  clientMetadata?: Record<string, string>;
  source: string;
  userAttributes: Attribute[];
  username: string;
}

/** The request that an operation of cognito-local runs for. */
export interface Context {
  operation: string;
  input: Record<string, unknown>;
}

/** What cognito-local leaves to us while it signs up, confirms and sends codes. */
export interface DirectoryHooks {
  preSignUp: (context: Context, event: AccountEvent) => Promise<Record<string, unknown>>;
  postConfirmation: (context: Context, event: AccountEvent) => Promise<void>;
  deliver: (reason: string, user: User, code: string) => Promise<void>;
}

/** cognito-local's view of one pool. */
export interface UserPoolService {
  getUserByUsername: (context: unknown, name: string) => Promise<User | null>;
  getUserByRefreshToken: (context: unknown, token: string) => Promise<User | null>;
  listUsers: (context: unknown) => Promise<User[]>;
  listGroups: (context: unknown) => Promise<(Group & { members?: string[] })[]>;
  saveUser: (context: unknown, user: User) => Promise<void>;
  saveGroup: (context: unknown, group: Group) => Promise<void>;
  addUserToGroup: (context: unknown, group: Group, user: User) => Promise<void>;
  storeRefreshToken: (context: unknown, token: string, user: User) => Promise<void>;
  saveAppClient: (context: unknown, client: AppClient & { UserPoolId: string }) => Promise<void>;
}

export type Route = (operation: string) => (context: unknown, input: unknown) => Promise<object>;

/** What its operations want as a context; they log everything there, passwords too. */
export const QUIET = { logger: silentLogger() };

/** One pool, empty, and the way to cognito-local's operations on it. */
export async function openCognitoLocal(
  customAttributes: string[],
  hooks: DirectoryHooks,
): Promise<{ cognito: CognitoService; route: Route }> {
  const cognito = cognitoService();
  await cognito.createUserPool(QUIET, poolOptions(customAttributes));
  return { cognito, route: load('server/Router').Router(servicesOf(cognito, hooks)) };
}

export interface CognitoService {
  createUserPool: (context: unknown, options: object) => Promise<void>;
  getUserPool: (context: unknown, id: string) => Promise<UserPoolService>;
  getAppClient: (context: unknown, id: string) => Promise<AppClient | null>;
}

/** The modules of cognito-local that are used here. */
interface Modules {
  'server/Router': {
    Router: (services: object) => Route;
  };
  'services/cognitoService': {
    CognitoServiceImpl: new (
      directory: string,
      clients: MemoryStore,
      defaults: object,
      factory: object,
    ) => CognitoService;
    USER_POOL_AWS_DEFAULTS: { SchemaAttributes: object[] };
  };
  'services/userPoolService': {
    UserPoolServiceFactoryImpl: new (clock: object, stores: object) => object;
  };
}

/** By path, because its entry point starts a server; these files load no AWS SDK. */
function load<Name extends keyof Modules>(name: Name): Modules[Name] {
  return createRequire(import.meta.url)(`cognito-local/lib/${name}`) as Modules[Name];
}

const CLOCK = { get: () => new Date() };

function cognitoService(): CognitoService {
  const { CognitoServiceImpl } = load('services/cognitoService');
  const { UserPoolServiceFactoryImpl } = load('services/userPoolService');
  const stores = {
    create: async (_context: unknown, _id: string, defaults: Record<string, unknown>) =>
      new MemoryStore(defaults),
  };
  const pools = new UserPoolServiceFactoryImpl(CLOCK, stores);
  const service = new CognitoServiceImpl('', new MemoryStore({ Clients: {} }), {}, pools);
  // Its `init` reads pools from a folder; here is one pool, and none on disk.
  return Object.assign(service, { userPools: [] });
}

function poolOptions(customAttributes: string[]): object {
  const { SchemaAttributes } = load('services/cognitoService').USER_POOL_AWS_DEFAULTS;
  const custom = customAttributes.map((name) => ({
    Name: `custom:${name}`,
    AttributeDataType: 'String',
    Mutable: true,
  }));
  return {
    Id: POOL_ID,
    Name: 'sandbox',
    UsernameAttributes: ['email'],
    AutoVerifiedAttributes: ['email'],
    MfaConfiguration: 'OFF',
    SchemaAttributes: [...SchemaAttributes, ...custom],
  };
}

/** What a person types in. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}

/** What its operations work with. */
function servicesOf(cognito: CognitoService, hooks: DirectoryHooks): object {
  return {
    clock: CLOCK,
    cognito,
    config: { UserPoolDefaults: { UsernameAttributes: ['email'] } },
    otp: newCode,
    messages: {
      deliver: (
        _context: unknown,
        reason: string,
        _client: string,
        _pool: string,
        user: User,
        code: string,
      ) => hooks.deliver(reason, user, code),
    },
    triggers: {
      enabled: (name: string) => name === 'PreSignUp' || name === 'PostConfirmation',
      preSignUp: hooks.preSignUp,
      postConfirmation: hooks.postConfirmation,
    },
  };
}

function silentLogger(): object {
  const nothing = () => {};
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => logger };
  return logger;
}
