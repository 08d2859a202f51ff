/** Reading a file whose size is checked before a byte of it is read. */
import { open } from 'node:fs/promises';
import { SdkError } from '../errors.js';

/** @throws SdkError `message.too-large`; the file system's own error where the file cannot be read */
export async function readFileBounded(path: string, limitBytes: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > limitBytes)
      throw new SdkError('message.too-large', `${path} has ${size} bytes; ${limitBytes} are allowed.`);
    const { bytesRead, buffer } = await file.read(new Uint8Array(limitBytes + 1), 0, limitBytes + 1, 0);
    if (bytesRead > limitBytes) throw new SdkError('message.too-large', `${path} has more than ${limitBytes} bytes.`);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
