/** A user pool's groups, as far as welcoming needs them. */

export interface Member {
  pool: string;
  username: string;
}

export interface Groups {
  /** Adding a member again changes nothing. Throws `GroupError`. */
  add: (member: Member, group: string) => Promise<void>;
}

/**
 * A user is not in a group, or perhaps is. Never says who, or which. Told by its `name` and `code` (`groupErrorCode`): in a
 * bundle the adapter is a chunk of its own, and so is its class.
 */
export class GroupError extends Error {
  override readonly name = 'GroupError';
  /**
   * `GROUP_THROTTLED`: the account's quota, which all functions share (contracts B4). `GROUP_UNREACHABLE`: no answer.
   * Both pass. `GROUP_REFUSED`: no such group, no permission. `GROUP_USER_GONE`: no such user.
   */
  readonly code: 'GROUP_THROTTLED' | 'GROUP_UNREACHABLE' | 'GROUP_REFUSED' | 'GROUP_USER_GONE';

  constructor(code: GroupError['code'], options?: ErrorOptions) {
    super('the user was not added to the group', options);
    this.code = code;
  }
}

/** Null for any other error. */
export function groupErrorCode(error: unknown): GroupError['code'] | null {
  return error instanceof Error && error.name === 'GroupError' ? (error as GroupError).code : null;
}
