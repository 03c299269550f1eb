/** The decisions that functions have logged: their audit lines, as CloudWatch would show them. */

export interface LoggedDecision {
  function?: string;
  effect?: string;
  code?: string;
  rule?: string;
  reason?: string;
  sub?: string;
  route?: string;
}

export class DecisionLog {
  #decisions: LoggedDecision[] = [];
  onDecision: (decision: LoggedDecision) => void = () => {};

  /** Takes what a function has written; lines that are no decisions are left out. */
  add(logLines: readonly string[]): void {
    for (const decision of logLines.flatMap(parseDecision)) {
      this.#decisions.push(decision);
      this.onDecision(decision);
    }
  }

  /** The last decision since it was last asked. */
  takeLast(): LoggedDecision | null {
    const last = this.#decisions.at(-1) ?? null;
    this.#decisions = [];
    return last;
  }
}

function parseDecision(line: string): LoggedDecision[] {
  try {
    const entry = JSON.parse(line) as LoggedDecision & { message?: string };
    return entry.message === 'decision' ? [entry] : [];
  } catch {
    return [];
  }
}
