/** B of the budgets: aws-jwt-verify and nothing else. */

import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { allow, type BenchEvent, settings, tokenOf } from './answer.ts';

const { pool, client, jwks } = settings();
const verifier = CognitoJwtVerifier.create({ userPoolId: pool, clientId: client, tokenUse: 'id' });
verifier.cacheJwks(jwks);

export const handler = async (event: BenchEvent) => allow((await verifier.verify(tokenOf(event))).sub, event);
