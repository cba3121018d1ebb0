// What an instance's fields say in words.
import type { ReactNode } from 'react';
import type { Instance } from '../../api/types';
import { since } from '../../format/time';
import { Time } from '../../parts/basic';

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

/** The second line under a state: since when, or why. */
export function reason(it: Instance): ReactNode {
  if (it.state === 'running') return <>since <Time at={it.running_at} /></>;
  if (it.state === 'failed') return <>{exitText(it) ?? it.state_reason ?? 'failed'}{it.ended_at && <>, <Time at={it.ended_at} /></>}</>;
  if (it.state === 'exited') return <>{exitText(it) ?? 'by itself'}, <Time at={it.ended_at} /></>;
  if (it.state === 'stopped') return <Time at={it.ended_at} />;
  return it.state_reason ?? (it.state === 'requested' ? 'waits for a node' : it.state === 'starting' ? 'its sandbox is made' : <Time at={it.requested_at} />);
}
