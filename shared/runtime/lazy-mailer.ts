/** Mail from `MAIL_FROM`; the client and the templates are loaded by the first that is sent. */

import { MailError, type Mailer } from '../mail/ports.ts';

/** Without a sender every mail is refused. */
export function lazyMailer(from: string | null): Mailer {
  let opened: Promise<Mailer> | undefined;
  return {
    send: async (...mail) => {
      if (from === null) throw new MailError('MAIL_REFUSED');
      opened ??= import('./ses-client.ts').then(({ openSes }) => openSes(from));
      await (await opened).send(...mail);
    },
  };
}
