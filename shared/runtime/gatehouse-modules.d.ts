/** Modules that exist only in a build: `scripts/build.ts` makes them. */

declare module 'gatehouse:policy' {
  import type { Artefact } from '../policy/artefact.ts';
  export const policy: Artefact;
  /** First 16 hex digits of the artefact's SHA-256. */
  export const policyHash: string;
  /** The mode of answering that the policy was checked for. */
  export const answerMode: 'request' | 'caller';
}

declare module 'gatehouse:caller-document' {
  /** Null in a bundle for the mode `request`. */
  export const callerDocument: typeof import('../policy/iam/document.ts').callerDocument | null;
}

declare module 'gatehouse:keys' {
  /** What `keys.json` held; null without one. */
  export const embeddedKeys: unknown;
}

declare module 'gatehouse:templates' {
  import type { MailTemplates } from '../mail/templates.ts';
  /** What `templates/` held. */
  export const mailTemplates: MailTemplates;
}
