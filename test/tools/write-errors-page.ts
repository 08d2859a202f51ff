/** Writes `protocol/spec/60-errors.md`. Run from the repository root after a change to the table of errors. */
import { writeFileSync } from 'node:fs';
import { ERRORS } from '@holdfast/protocol';
import { errorsPage } from './errors-page.js';

writeFileSync('protocol/spec/60-errors.md', errorsPage(ERRORS));
