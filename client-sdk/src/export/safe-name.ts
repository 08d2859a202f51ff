/** File names of others as names in our own folder: no paths, no hidden files, nothing that a system reserves, each once. */

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const NAME_MAX = 120;

/** @param taken names in lower case that are there already; the one returned is added */
export function safeName(given: string, taken: Set<string>): string {
  const plain = given
    .normalize('NFC')
    // What separates folders, what shells and Windows read otherwise, what cannot be seen or turns text around.
    .replace(/[\p{Cc}\p{Cf}/\\:*?"<>|]/gu, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const short = shortened(plain === '' || RESERVED.test(plain) ? `file-${plain}` : plain);
  const dot = short.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [short.slice(0, dot), short.slice(dot)] : [short, ''];
  let name = short;
  for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${stem}-${count}${extension}`;
  taken.add(name.toLowerCase());
  return name;
}

/** Whole characters, and the extension kept. */
function shortened(name: string): string {
  const letters = Array.from(name);
  if (letters.length <= NAME_MAX) return name;
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  return letters.slice(0, NAME_MAX - extension.length).join('') + extension;
}
