import { join } from 'node:path';
import { loadTemplates } from '../../cli/template-files.ts';

export const TEMPLATES = loadTemplates(join(import.meta.dirname, '..', '..', 'templates'));
