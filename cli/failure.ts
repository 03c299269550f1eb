/** Why a command cannot go on; the exit code says which kind (docs/cli.md). */

/** Something that was given is not valid, or the work failed. Exit 3. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** The words of the command are off. Exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const EXIT = { ok: 0, findings: 1, usage: 2, failure: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
