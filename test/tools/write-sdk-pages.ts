/** Writes `docs/sdk/errors.md` and `events.md`. Run from the repository root after a change to the SDK's errors or events. */
import { writeFileSync } from 'node:fs';
import { errorsPage, eventsPage } from './sdk-pages.js';

writeFileSync('docs/sdk/errors.md', errorsPage());
writeFileSync('docs/sdk/events.md', eventsPage());
