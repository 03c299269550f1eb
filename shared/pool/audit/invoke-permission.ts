/** What a function's resource policy says of the pools that may call it. */

import { allowsAction, globMatches, type IamStatement } from './iam-document.ts';

export const COGNITO = 'cognito-idp.amazonaws.com';

/** The statements by which a pool may call a function (contracts B1, "Permission"). */
export function permissionsOf(statements: readonly IamStatement[], poolArn = ''): IamStatement[] {
  const account = poolArn.split(':')[4] ?? '';
  return statements.filter((statement) => {
    const { principals } = statement;
    const forCognito =
      principals['Service']?.includes(COGNITO) ||
      ['*', 'AWS'].some((kind) => principals[kind]?.includes('*'));
    const arns = valuesOf(statement, 'aws:sourcearn');
    const accounts = valuesOf(statement, 'aws:sourceaccount');
    return (
      forCognito &&
      allowsAction(statement, 'lambda:InvokeFunction') &&
      (arns === null || arns.some((pattern) => globMatches(pattern, poolArn))) &&
      (accounts === null || accounts.includes(account))
    );
  });
}

/** True if a statement names no single pool. */
export function isOpenToPools(statement: IamStatement): boolean {
  const arns = valuesOf(statement, 'aws:sourcearn');
  return arns === null || arns.some((arn) => /[*?]/.test(arn));
}

/** The values that a condition wants of a key; null if none asks for it, or one that is true without it. */
export function valuesOf({ conditions }: IamStatement, key: string): string[] | null {
  const found = conditions.filter(
    (condition) => condition.key === key && /^(?:String|Arn)(?:Equals|Like)$/.test(condition.operator),
  );
  return found.length === 0 ? null : found.flatMap(({ values }) => values);
}
