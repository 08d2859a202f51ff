/** What our own agency has published, as the directory has it: what is confirmed again is what others read, not a file. */
import { type PublishedAgency, readJoinedAgency } from '@holdfast/client-sdk';
import type { Context } from './context.js';
import { CliError } from './errors.js';

/** @throws SdkError `home.*`, `relay.*`; CliError `not-found` */
export async function ownPublished(context: Context): Promise<PublishedAgency> {
  const { agency } = await readJoinedAgency(await context.agencyHome());
  return context.withDevice(async (desk) => {
    const signal = context.deadline();
    await desk.online({ signal });
    const [own] = await desk.find({ agency }, { signal });
    if (own === undefined) throw new CliError('not-found', `The directory has no agency "${agency}".`);
    return own;
  });
}
