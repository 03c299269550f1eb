/** Before the suites, which run side by side: two must not make one environment at once. */

import { installTools } from './virtual-environment.ts';

installTools('requirements.txt', 'the local cloud');
installTools('lint-requirements.txt', 'cfn-lint and checkov');
