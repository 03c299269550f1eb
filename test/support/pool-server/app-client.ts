/** An app client that resets what an update leaves out (contracts E5). */

import { assertRequest, CLIENT_MODEL, type Json, Rejection } from './schema.ts';

const DEFAULTS: Json = {
  RefreshTokenValidity: 30,
  ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH'],
  AllowedOAuthFlowsUserPoolClient: false,
  PreventUserExistenceErrors: 'LEGACY',
  EnableTokenRevocation: true,
  EnablePropagateAdditionalUserContextData: false,
  AuthSessionValidity: 3,
};

export class AppClient {
  readonly id: string;
  readonly newer: readonly string[];
  settings: Json;
  readonly fixed: Json;
  lastModified = Date.now() / 1000 - 3600;

  constructor(poolId: string, id: string, settings: Json, newer: readonly string[] = []) {
    this.id = id;
    this.newer = newer;
    this.fixed = {
      UserPoolId: poolId,
      ClientId: id,
      ClientSecret: 'never-to-be-seen',
      CreationDate: 1_700_000_000.5,
      ClientType: 'STANDARD',
    };
    this.settings = { ...structuredClone(DEFAULTS), ClientName: id, ...structuredClone(settings) };
  }

  describe(): Json {
    return { ...this.fixed, ...structuredClone(this.settings), LastModifiedDate: this.lastModified };
  }

  /** Throws `Rejection`; then nothing is changed. */
  update(request: Json): void {
    assertRequest(CLIENT_MODEL, request, this.newer);
    const { UserPoolId: _, ClientId: __, ...sent } = structuredClone(request);
    const flows = (sent['ExplicitAuthFlows'] ?? []) as string[];
    const modern = flows.filter((flow) => flow.startsWith('ALLOW_'));
    if (modern.length > 0 && modern.length < flows.length)
      throw new Rejection('InvalidParameterException', 'old and new names of flows cannot be mixed');
    this.settings = { ...structuredClone(DEFAULTS), ClientName: this.settings['ClientName'], ...sent };
    this.touch();
  }

  touch(): void {
    this.lastModified = Math.max(Date.now() / 1000, this.lastModified + 0.001);
  }
}
