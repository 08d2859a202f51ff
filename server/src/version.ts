/** The relay's version, as `/version` and the log say it. */
export const RELAY_VERSION = '0.1.0';
