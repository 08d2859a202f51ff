/** The one door to libsodium (full build): ready before anything that imports it runs, so that the rest is synchronous. */
import sodium from 'libsodium-wrappers-sumo';

await sodium.ready;

export { sodium };
