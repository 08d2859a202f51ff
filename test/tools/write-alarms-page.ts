/** Writes `docs/alarms.md`. Run from the repository root after a change to the table of alarms. */
import { writeFileSync } from 'node:fs';
import { alarmsPage } from './alarms-page.js';

writeFileSync('docs/alarms.md', alarmsPage());
