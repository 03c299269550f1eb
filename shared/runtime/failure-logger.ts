/** Powertools' logger, for failures; import this lazily (`log.ts`). */

import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import type { LogLevel } from './config.ts';

let logger: Logger | undefined;

/** The logger of this process, made by the first call. */
export function failureLogger(serviceName: string, logLevel: LogLevel): Logger {
  logger ??= new Logger({ serviceName, logLevel, logFormatter: new FlatFormatter() });
  return logger;
}

/** Powertools' own formatter merges deeply, for attributes that we do not have. */
export class FlatFormatter extends LogFormatter {
  override formatAttributes(base: UnformattedAttributes, attributes: LogAttributes): LogItem {
    const { logLevel: level, message, timestamp, serviceName: service, xRayTraceId } = base;
    return new LogItem({
      attributes: {
        level,
        message,
        timestamp: this.formatTimestamp(timestamp),
        service,
        xray_trace_id: xRayTraceId,
        ...attributes,
      },
    });
  }
}
