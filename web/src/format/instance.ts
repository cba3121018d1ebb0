// Where an instance stands in its life, how long it ran, and how it ended.
import type { Instance } from '../api/types';
import { since } from './time';

export const onItsWay = (it: Instance) => it.state === 'requested' || it.state === 'placed' || it.state === 'starting';
export const over = (it: Instance) => it.state === 'stopped' || it.state === 'exited' || it.state === 'failed';
export const billing = (it: Instance) => it.state === 'running' || it.state === 'stopping';

/** Milliseconds from running to the end, or until now. */
export const upMs = (it: Instance, now: Date) => since(it.running_at, it.ended_at, now);

export function exitText(it: Instance): string | undefined {
  const { exit } = it;
  if (!exit) return undefined;
  if (exit.oom) return 'out of memory';
  if (exit.failure) return exit.failure;
  if (exit.signal) return `by signal ${exit.signal}`;
  return exit.code === null || exit.code === undefined ? undefined : `exit code ${exit.code}`;
}
