/** Makes `docs/alarms.md` from the SDK's table, so that the page cannot fall behind the code. Pure. */
import { ALARMS } from '@holdfast/client-sdk';

const HEAD = `# Alarms

Generated from \`client-sdk/src/alarms.ts\`; do not edit. What the SDK raises as \`{event: 'alarm', code, severity, text, advice, detail}\`, what \`holdfast alarms\`
lists, and what to do. An \`alarm\` wants somebody now, a \`warning\` somebody soon, a \`notice\` is only told. Codes are stable, texts are not. An alarm may
also carry the code of an error that concerns the whole client.

| code | severity | what | what to do |
|---|---|---|---|
`;

export const alarmsPage = (): string =>
  HEAD +
  Object.entries(ALARMS)
    .map(([code, { severity, text, advice }]) => `| \`${code}\` | ${severity} | ${text} | ${advice} |\n`)
    .join('');
