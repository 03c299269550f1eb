/** The pool's users, groups and clients. cognito-local keeps them, and nobody else does. */

import {
  type CognitoService,
  type DirectoryHooks,
  openCognitoLocal,
  QUIET,
  type Route,
  type UserPoolService,
} from './cognito-local.ts';
import { attributeOf } from './attributes.ts';
import { type AppClient, POOL_ID, type PoolSettings } from './settings.ts';

export interface Attribute {
  Name: string;
  Value: string;
}

export interface User {
  Username: string;
  /** In clear: the pool is a local one. Absent: signs in elsewhere. */
  Password?: string;
  Attributes: Attribute[];
  UserStatus: 'UNCONFIRMED' | 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD' | 'RESET_REQUIRED' | 'EXTERNAL_PROVIDER';
  Enabled: boolean;
  RefreshTokens: string[];
  UserCreateDate: Date;
  UserLastModifiedDate: Date;
  ConfirmationCode?: string;
}

export interface Group {
  GroupName: string;
  RoleArn?: string;
  Precedence?: number;
}

export class Directory {
  readonly #pool: UserPoolService;
  readonly #cognito: CognitoService;
  readonly #route: Route;

  private constructor(pool: UserPoolService, cognito: CognitoService, route: Route) {
    this.#pool = pool;
    this.#cognito = cognito;
    this.#route = route;
  }

  static async open(
    settings: Pick<PoolSettings, 'clients' | 'customAttributes' | 'caseSensitive'>,
    hooks: DirectoryHooks,
  ): Promise<Directory> {
    const { cognito, route } = await openCognitoLocal(settings.customAttributes, hooks);
    const pool = await cognito.getUserPool(QUIET, POOL_ID);
    findUsersAsCognitoDoes(pool, settings.caseSensitive);
    for (const client of settings.clients)
      await pool.saveAppClient(QUIET, { ...client, UserPoolId: POOL_ID });
    return new Directory(pool, cognito, route);
  }

  /** One of cognito-local's own operations; it throws errors that have the API's name as `code`. */
  async run(operation: string, input: Record<string, unknown>): Promise<object> {
    return this.#route(operation)({ ...QUIET, operation, input }, input);
  }

  async client(id: string): Promise<AppClient | null> {
    return this.#cognito.getAppClient(QUIET, id);
  }

  /** By user name, `sub` or address. */
  async user(name: string): Promise<User | null> {
    return this.#pool.getUserByUsername(QUIET, name);
  }

  async users(): Promise<User[]> {
    return this.#pool.listUsers(QUIET);
  }

  async userWithRefreshToken(token: string): Promise<User | null> {
    return this.#pool.getUserByRefreshToken(QUIET, token);
  }

  async save(user: User): Promise<void> {
    await this.#pool.saveUser(QUIET, { ...user, UserLastModifiedDate: new Date() });
  }

  async addRefreshToken(user: User, token: string): Promise<void> {
    await this.#pool.storeRefreshToken(QUIET, token, (await this.user(user.Username)) ?? user);
  }

  /** By name, as Cognito lists them in no promised order. */
  async groupsOf(user: User): Promise<Group[]> {
    const groups = await this.#pool.listGroups(QUIET);
    return groups
      .filter(({ members }) => members?.includes(user.Username))
      .toSorted((a, b) => (a.GroupName < b.GroupName ? -1 : 1));
  }

  /** Makes the group if there is none. */
  async join(user: User, name: string): Promise<void> {
    const groups = await this.#pool.listGroups(QUIET);
    const group = groups.find(({ GroupName }) => GroupName === name) ?? { GroupName: name };
    await this.#pool.saveGroup(QUIET, group);
    await this.#pool.addUserToGroup(QUIET, group, user);
  }
}

/**
 * By user name or `sub`, else by address: in any case unless the pool is case-sensitive, and never a profile of an
 * external provider by its address.
 */
function findUsersAsCognitoDoes(pool: UserPoolService, caseSensitive: boolean): void {
  const spelled = (text: string | undefined) => (caseSensitive ? text : text?.toLowerCase());
  pool.getUserByUsername = async (context, name) => {
    const users = await pool.listUsers(context);
    const same = (text: string | undefined) => text !== undefined && spelled(text) === spelled(name);
    const named = users.find((user) => same(user.Username) || same(attributeOf(user, 'sub')));
    const native = users.filter(({ UserStatus }) => UserStatus !== 'EXTERNAL_PROVIDER');
    return named ?? native.find((user) => same(attributeOf(user, 'email'))) ?? null;
  };
}
