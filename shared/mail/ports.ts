/** Mail that the functions send. */

/** A folder of `templates/`: its subject, text and HTML. */
export type MailTemplate = 'welcome' | 'otp' | 'magic-link';

export interface Mailer {
  /**
   * Sends one mail; `values` are for the template, and escaped there. Throws `MailError` if it was not, or perhaps not,
   * taken for delivery: the mail service tells no repeat from a second mail, so nothing here tries again by itself.
   */
  send: (template: MailTemplate, to: string, values: Readonly<Record<string, string>>) => Promise<void>;
}

/** Never says to whom, or what. Told by its `name` and `code`: see `StoreError`. */
export class MailError extends Error {
  override readonly name = 'MailError';
  /** `MAIL_REFUSED`: certainly not sent. `MAIL_UNKNOWN`: no answer, so it may have been. */
  readonly code: 'MAIL_REFUSED' | 'MAIL_UNKNOWN';

  constructor(code: MailError['code'], options?: ErrorOptions) {
    super('the mail was not sent', options);
    this.code = code;
  }
}

/** Null for any other error. */
export function mailErrorCode(error: unknown): MailError['code'] | null {
  return error instanceof Error && error.name === 'MailError' ? (error as MailError).code : null;
}

/** For work that sends none. */
export const noMail: Mailer = { send: () => Promise.reject(new MailError('MAIL_REFUSED')) };
