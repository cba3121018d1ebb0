/** Milliseconds before the n-th try again (from 0): doubling from `first` to `most`, a fifth of it by chance. */
export function backoff(tries: number, dice: number, first = 500, most = 15_000): number {
  const wait = Math.min(most, first * 2 ** Math.min(tries, 20));
  return Math.round(wait * (0.8 + 0.2 * dice));
}

/** Or until the signal. */
export const wait = (milliseconds: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true });
  });
