/** A local Secrets Manager that knows a few secrets, each in one or more versions, and gives them out. */

import { type LocalServer, readBody, sendJson, serve } from '../http.ts';

/** ARN to version stage (`AWSCURRENT`, `AWSPREVIOUS`) to secret. */
export type Secrets = Record<string, Record<string, string>>;

interface GetSecretValueInput {
  SecretId?: string;
  VersionStage?: string;
  VersionId?: string;
}

/** Changing `secrets` changes what is given out, as rotation does. */
export function startSecretsManager(secrets: Secrets): Promise<LocalServer> {
  return serve(0, async (request, response) => {
    const input = JSON.parse((await readBody(request)) || '{}') as GetSecretValueInput;
    if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue')
      return sendJson(response, 400, { __type: 'UnknownOperationException' });
    const { SecretId: arn = '', VersionId, VersionStage = 'AWSCURRENT' } = input;
    const versions = Object.hasOwn(secrets, arn) ? (secrets[arn] ?? {}) : {};
    const stage = Object.keys(versions).find((each) =>
      VersionId ? versionId(arn, each) === VersionId : each === VersionStage,
    );
    if (stage === undefined)
      return sendJson(response, 400, {
        __type: 'ResourceNotFoundException',
        message: "Secrets Manager can't find the specified secret.",
      });
    sendJson(response, 200, {
      ARN: arn,
      Name: arn.split(':').at(-1),
      SecretString: versions[stage],
      VersionId: versionId(arn, stage),
      VersionStages: [stage],
    });
  });
}

/** At least 32 characters, as the API asks. */
function versionId(arn: string, stage: string): string {
  return Buffer.from(`${stage} ${arn}`).toString('hex').slice(0, 64).padEnd(32, '0');
}
