/** What a function writes: one audit line for each decision, with its metric in it, and one for each failure. */

import { Logger } from '@aws-lambda-powertools/logger';
import type { DecisionCode } from '../policy/codes.ts';
import type { LogLevel } from './config.ts';

/** What was decided, about whom, on what. Never a token, code, password or whole event. */
export interface AuditEntry {
  /** `would_deny`: refused, but let pass by `MODE=observe`. */
  effect: 'allow' | 'deny' | 'would_deny';
  code: DecisionCode;
  rule?: string | null;
  /** More than the code says, for whoever reads the log: why a token is invalid. */
  reason?: string;
  sub?: string | null;
  client?: string | null;
  pool?: string | null;
  /** Verb and path, or the trigger's source. */
  route: string;
}

export interface Log {
  audit: (entry: AuditEntry) => void;
  failure: (error: unknown) => void;
}

/** The audit line is written at every `level`; failures from ERROR up. `policyHash` names the policy that decided. */
export function createLog(functionName: string, policyHash: string, level: LogLevel): Log {
  const audit = new Logger({ serviceName: 'gatehouse', logLevel: 'INFO' });
  const failures = new Logger({ serviceName: 'gatehouse', logLevel: level });
  return {
    audit: (entry) =>
      audit.info('decision', {
        function: functionName,
        policy: policyHash,
        ...withoutEmpty(entry),
        ...metric(entry.effect),
      }),
    failure: (error) =>
      failures.error('failure', { function: functionName, ...describeFailure(error), ...metric('failure') }),
  };
}

/** One count in CloudWatch's embedded metric format, in the line itself: no second line, no client. */
function metric(name: string) {
  const definition = {
    Namespace: 'Gatehouse',
    Dimensions: [['function'], ['function', 'code']],
    Metrics: [{ Name: name, Unit: 'Count' }],
  };
  return { [name]: 1, _aws: { Timestamp: Date.now(), CloudWatchMetrics: [definition] } };
}

/** Name, code and stack frames. Not the message: a parser's message can quote what it could not parse. */
function describeFailure(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as { code?: unknown };
  const frames = error.stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 5)
    .map((line) => line.trim());
  const member = 'member' in error ? { member: error.member } : {};
  return {
    error: error.name,
    code: typeof code === 'string' ? code : 'INTERNAL',
    ...member,
    frames,
    ...(error.cause instanceof Error && { cause: error.cause.name }),
  };
}

function withoutEmpty(entry: AuditEntry): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entry).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
