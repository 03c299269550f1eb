/** What every contender is asked and answers: a REST authorizer's event, and an IAM document. */

export interface BenchEvent {
  methodArn: string;
  headers: { Authorization: string };
}

export function tokenOf({ headers }: BenchEvent): string {
  return headers.Authorization.slice('Bearer '.length);
}

export function allow(principalId: string | undefined, { methodArn }: BenchEvent) {
  const Statement = [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }];
  return { principalId, policyDocument: { Version: '2012-10-17', Statement } };
}

/** The settings, as our own authorizer reads them. */
export function settings() {
  const { USER_POOL_IDS: pool = '', APP_CLIENT_IDS: client = '', JWKS = '' } = process.env;
  return {
    pool,
    client,
    issuer: `https://cognito-idp.eu-west-1.amazonaws.com/${pool}`,
    jwks: JSON.parse(JWKS),
  };
}
