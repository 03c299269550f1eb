/** Every rule of the audit, in the order in which the docs list them. */

import { API_CACHING_RULES } from './api-caching.ts';
import { API_ROUTE_RULES } from './api-routes.ts';
import { CLIENT_ATTRIBUTE_RULES } from './client-attributes.ts';
import { CLIENT_FLOW_RULES } from './client-flows.ts';
import { CLIENT_TOKEN_RULES } from './client-tokens.ts';
import { CLIENT_URL_RULES } from './client-urls.ts';
import { GROUP_RULES } from './groups.ts';
import { IDENTITY_POOL_RULES } from './identity-pool.ts';
import { IDENTITY_ROLE_RULES } from './identity-roles.ts';
import { POOL_RULES } from './pool-settings.ts';
import { PROVIDER_RULES } from './providers.ts';
import type { AuditRule } from './rule.ts';
import { SECOND_FACTOR_RULES } from './second-factors.ts';
import { SIGN_UP_RULES } from './sign-up.ts';
import { TRIGGER_RULES } from './triggers.ts';

export const RULES: readonly AuditRule[] = [
  ...CLIENT_ATTRIBUTE_RULES,
  ...CLIENT_TOKEN_RULES,
  ...CLIENT_FLOW_RULES,
  ...CLIENT_URL_RULES,
  ...SIGN_UP_RULES,
  ...SECOND_FACTOR_RULES,
  ...POOL_RULES,
  ...TRIGGER_RULES,
  ...GROUP_RULES,
  ...PROVIDER_RULES,
  ...IDENTITY_POOL_RULES,
  ...IDENTITY_ROLE_RULES,
  ...API_ROUTE_RULES,
  ...API_CACHING_RULES,
];
