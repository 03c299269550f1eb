/** Settings that AWS has and this SDK does not know, at several depths. */

import type { Json } from './schema.ts';

/** Their places; behaviour `newer` of a pool. */
export const NEWER_PLACES = [
  'QuantumConfiguration',
  'LambdaConfig.PreQuantum',
  'Policies.QuantumPolicy',
  'EmailConfiguration.Footer',
];

/** A pool that has them. */
export function withNewer(settings: Json): Json {
  return {
    ...settings,
    QuantumConfiguration: { Level: 3, Names: ['é', '"'], Nested: { Deep: null, Big: 12_345_678_901 } },
    LambdaConfig: { ...(settings['LambdaConfig'] as Json), PreQuantum: { Retries: 2 } },
    Policies: { ...(settings['Policies'] as Json), QuantumPolicy: { On: true } },
    EmailConfiguration: {
      EmailSendingAccount: 'COGNITO_DEFAULT',
      ...(settings['EmailConfiguration'] as Json),
      Footer: 'newer',
    },
  };
}
