/** User attributes: a list in the API, a map in events. */

import type { Attribute, User } from './directory.ts';

export type AttributeMap = Record<string, string>;

export function toMap(attributes: readonly Attribute[] = []): AttributeMap {
  return Object.fromEntries(attributes.map(({ Name, Value }) => [Name, Value]));
}

export function toList(attributes: AttributeMap): Attribute[] {
  return Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
}

export function attributeOf(user: User, name: string): string | undefined {
  return user.Attributes.find(({ Name }) => Name === name)?.Value;
}

/** The same user with these attributes set. */
export function withAttributes(user: User, attributes: AttributeMap): User {
  return { ...user, Attributes: toList({ ...toMap(user.Attributes), ...attributes }) };
}

/** What a trigger is told of a user who exists (contracts B1). */
export function eventAttributes(user: User): AttributeMap {
  return { ...toMap(user.Attributes), 'cognito:user_status': user.UserStatus };
}
