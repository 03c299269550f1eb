/** Reads environment variables; collects everything that is wrong, so that one failed start shows it all. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration is unusable. The message names every variable at fault and what is expected, never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  /** Each begins with the name of the variable, or of the file that was built in. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

export class EnvReader {
  readonly #env: Environment;
  readonly #problems: string[] = [];

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The trimmed value; null if the variable is missing or blank (CloudFormation passes "" for an unset parameter). */
  text(name: string): string | null {
    return this.#env[name]?.trim() || null;
  }

  /** Null if the variable is missing or blank. */
  matching(name: string, form: RegExp, expected: string): string | null {
    const text = this.text(name);
    return text === null || form.test(text) ? text : this.problem(name, `must be ${expected}`, null);
  }

  oneOf<const T extends string>(name: string, values: readonly T[], fallback: T): T {
    const text = this.text(name);
    if (text === null) return fallback;
    if ((values as readonly string[]).includes(text)) return text as T;
    return this.problem(name, `must be ${values.join(' or ')}`, fallback);
  }

  /** A comma list without blanks and repetitions; empty if the variable is missing. */
  list(name: string, item: RegExp, expected: string): string[] {
    const items =
      this.text(name)
        ?.split(',')
        .map((each) => each.trim()) ?? [];
    if (items.every((each) => item.test(each))) return [...new Set(items)];
    return this.problem(name, `must be ${expected}`, []);
  }

  integer(name: string, { min, max, fallback }: { min: number; max: number; fallback: number }): number {
    const text = this.text(name);
    if (text === null) return fallback;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    return this.problem(name, `must be a whole number from ${min} to ${max}`, fallback);
  }

  json(name: string): unknown {
    const text = this.text(name);
    if (text === null) return null;
    try {
      // Null is for a variable that is not there.
      return JSON.parse(text) ?? this.problem(name, 'must not be null', null);
    } catch {
      return this.problem(name, 'must be JSON', null);
    }
  }

  /** Notes what is wrong and goes on with `instead`; `assertClean` throws in the end. */
  problem<T>(name: string, expected: string, instead: T): T {
    this.#problems.push(`${name} ${expected}`);
    return instead;
  }

  assertClean(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }
}
