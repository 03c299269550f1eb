/**
 * As much of a user pool's API as linking, onboarding and the command call, at the wire: JSON 1.1 as the SDK speaks it. It
 * behaves as the API reference says; whoever uses it can have it misbehave. (A pool that people sign in to: sandbox/pool.)
 */

import { type LocalServer, readBody, sendJson, serve } from '../http.ts';

export interface WireUser {
  Username: string;
  UserStatus?: string;
  Enabled?: boolean;
  /** Epoch seconds. */
  UserCreateDate?: number;
  Attributes: { Name: string; Value: string }[];
}

export interface WireCall {
  operation: string;
  body: Record<string, unknown>;
}

/** An answer; null hangs. */
type Answer = { status: number; body: unknown } | null;

export class UserPoolApi {
  users: WireUser[] = [];
  /** The API's own is 60. */
  pageSize = 60;
  /** Every group, with its members' names. */
  groups: Record<string, Set<string>> = {};
  readonly calls: WireCall[] = [];
  /** Answers in place of the pool; undefined leaves the call to it. */
  misbehave: (call: WireCall, count: number) => Answer | undefined | Promise<Answer | undefined> = () =>
    undefined;

  listen(): Promise<LocalServer> {
    return serve(0, async (request, response) => {
      const answer = await this.#answer({
        operation: String(request.headers['x-amz-target']).replace(/^\w+\./, ''),
        body: JSON.parse(await readBody(request)) as WireCall['body'],
      });
      if (answer === null) return;
      sendJson(response, answer.status, answer.body, { 'content-type': 'application/x-amz-json-1.1' });
    });
  }

  /** The links that were made, as `username <- provider/subject`. */
  get links(): string[] {
    return this.users.flatMap(({ Username, Attributes }) =>
      identities(Attributes).map(({ providerName, userId }) => `${Username} <- ${providerName}/${userId}`),
    );
  }

  reset(users: WireUser[], groups: readonly string[] = []): void {
    this.users = structuredClone(users);
    this.groups = Object.fromEntries(groups.map((name) => [name, new Set<string>()]));
    this.calls.length = 0;
    this.misbehave = () => undefined;
  }

  async #answer(call: WireCall): Promise<Answer> {
    this.calls.push(call);
    const instead = await this.misbehave(call, this.calls.length);
    if (instead !== undefined) return instead;
    switch (call.operation) {
      case 'ListUsers':
        return this.#listUsers(call.body);
      case 'AdminAddUserToGroup':
        return this.#addToGroup(call.body);
      case 'AdminLinkProviderForUser':
        return this.#link(call.body);
      default:
        return refusal('UnknownOperationException', call.operation);
    }
  }

  #listUsers({ Filter, Limit = 60, PaginationToken }: Record<string, unknown>): Answer {
    if (Filter === undefined) {
      const start = Number(PaginationToken ?? 0);
      const end = start + Math.min(Number(Limit), this.pageSize);
      const more = end < this.users.length && { PaginationToken: String(end) };
      return { status: 200, body: { Users: this.users.slice(start, end), ...more } };
    }
    const [, name, quoted = ''] = /^(\w+) = "(.*)"$/s.exec(String(Filter)) ?? [];
    const value = quoted.replace(/\\(.)/gs, '$1');
    const Users = this.users.filter(({ Attributes }) =>
      Attributes.some((each) => each.Name === name && each.Value === value),
    );
    return { status: 200, body: { Users } };
  }

  #addToGroup({ Username, GroupName }: Record<string, unknown>): Answer {
    const group = Object.hasOwn(this.groups, String(GroupName)) ? this.groups[String(GroupName)] : undefined;
    if (!this.users.some((user) => user.Username === Username)) return refusal('UserNotFoundException');
    if (!group) return refusal('ResourceNotFoundException', 'Group not found.');
    group.add(String(Username));
    return { status: 200, body: {} };
  }

  /** An identity belongs to one user at most; again is refused, as AWS does it (contracts F3). */
  #link({ DestinationUser, SourceUser }: Record<string, unknown>): Answer {
    const { ProviderAttributeValue: username } = DestinationUser as Record<string, string>;
    const source = SourceUser as Record<string, string>;
    const identity = {
      userId: source['ProviderAttributeValue'],
      providerName: source['ProviderName'],
      primary: 'false',
    };
    const user = this.users.find(({ Username }) => Username === username);
    if (!user) return refusal('UserNotFoundException', 'User does not exist.');
    if (this.links.some((link) => link.endsWith(` <- ${identity.providerName}/${identity.userId}`)))
      return refusal('InvalidParameterException', 'SourceUser is already linked to DestinationUser');
    const others = user.Attributes.filter(({ Name }) => Name !== 'identities');
    const all = [...identities(user.Attributes), identity];
    user.Attributes = [...others, { Name: 'identities', Value: JSON.stringify(all) }];
    return { status: 200, body: {} };
  }
}

export function refusal(type: string, message = ''): Answer {
  return { status: 400, body: { __type: type, message } };
}

export function wireUser(
  Username: string,
  attributes: Record<string, string>,
  change: Partial<WireUser> = {},
): WireUser {
  const Attributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
  return { Username, UserStatus: 'CONFIRMED', Enabled: true, Attributes, ...change };
}

function identities(attributes: WireUser['Attributes']): { providerName: string; userId: string }[] {
  return JSON.parse(attributes.find(({ Name }) => Name === 'identities')?.Value ?? '[]') as [];
}
