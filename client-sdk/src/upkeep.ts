/** What a gateway that stays connected for weeks must do now and then; ends with its signal, and keeps no process alive. */
const EVERY_MS = 60_000;

export function everyMinute(work: () => void, signal: AbortSignal): void {
  const timer = setInterval(work, EVERY_MS);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
