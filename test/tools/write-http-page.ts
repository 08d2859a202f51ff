/** Writes `protocol/spec/70-http.md`. Run from the repository root after a change to the operations. */
import { writeFileSync } from 'node:fs';
import { OPERATIONS } from '@holdfast/protocol';
import { httpPage } from './http-page.js';

writeFileSync('protocol/spec/70-http.md', httpPage(OPERATIONS));
