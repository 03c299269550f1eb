/** `npm run schema`: writes policy.schema.json. A test fails when it is out of date. */

import { writeFileSync } from 'node:fs';
import { policyJsonSchema } from '../shared/policy/json-schema.ts';

writeFileSync('policy.schema.json', `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
