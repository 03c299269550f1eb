/** Why a command cannot go on; the exit code says which kind (docs/cli.md). */

/** Something that was given is not valid, or the work failed. Exit 3. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** The words of the command are off. Exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An error in one word: its name, or its code where that says more (`ECONNREFUSED`). Never its message, which may quote. */
export function reasonOf(error: unknown): string {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return name === 'Error' && typeof code === 'string' ? code : String(name);
}

export const EXIT = { ok: 0, findings: 1, usage: 2, failure: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
