/** An event that is not what its source documents. Never carries the event, which holds tokens and passwords. */
export class EventError extends Error {
  override readonly name = 'EventError';
  readonly code = 'EVENT_INVALID';
  /** The first member that is not as documented, as a path. */
  readonly member: string;

  constructor(member: string) {
    super(`event member ${member} is missing or malformed`);
    this.member = member;
  }
}

/** A refusal whose text is meant for the person: Cognito shows a trigger's error message to whoever signs in. */
export class UserFacingError extends Error {
  override readonly name = 'UserFacingError';
}
