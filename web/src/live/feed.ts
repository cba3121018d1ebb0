// The one event stream of all tabs. The tab that holds the lock reads it and tells the others; when that tab closes, the
// next one gets the lock and resumes after the last event that it was told of.
//
// Always true: at most one open stream for each browser and organization where the browser has locks; an event reaches
// each tab at least once, in order.
import { openStream } from '../api/client';
import { ApiError } from '../api/problem';
import type { AuditRecord } from '../api/types';
import { backoff, wait } from './backoff';
import { EventParser, readEvents } from './sse';

export type Happened = { action: string; record: Partial<AuditRecord> };
export type LiveState = { state: 'connecting' | 'live' | 'lost' | 'refused'; since: number };
type Told = { kind: 'event'; id: string; event: string; data: string } | { kind: 'state'; state: LiveState } | { kind: 'hello' };

export function follow(path: string, onEvent: (happened: Happened) => void, onState: (state: LiveState) => void): () => void {
  const stop = new AbortController();
  const channel = new BroadcastChannel(`gpuaas${path}`);
  let lastId = '';
  let leading = false;
  let now: LiveState = { state: 'connecting', since: Date.now() };

  const take = (told: Told) => {
    if (told.kind === 'hello') {
      if (leading) channel.postMessage({ kind: 'state', state: now } satisfies Told);
    } else if (told.kind === 'state') {
      now = told.state;
      onState(now);
    } else {
      lastId = told.id || lastId;
      onEvent({ action: told.event, record: parseRecord(told.data) });
    }
  };
  const tell = (told: Told) => {
    take(told);
    channel.postMessage(told);
  };
  const enter = (state: LiveState['state']) => {
    if (now.state !== state) tell({ kind: 'state', state: { state, since: Date.now() } });
  };
  channel.onmessage = (message: MessageEvent<Told>) => take(message.data);
  channel.postMessage({ kind: 'hello' } satisfies Told);

  const lead = async () => {
    leading = true;
    for (let tries = 0; !stop.signal.aborted; tries++) {
      try {
        const stream = await openStream(path, stop.signal, { Accept: 'text/event-stream', ...(lastId ? { 'Last-Event-ID': lastId } : {}) });
        tries = 0;
        enter('live');
        const parser = new EventParser();
        parser.lastId = lastId;
        await readEvents(stream, parser, (event) => tell({ kind: 'event', ...event }));
      } catch (error) {
        if (stop.signal.aborted) return;
        if (error instanceof ApiError && [401, 403, 404].includes(error.status)) return enter('refused');
        if (error instanceof ApiError && error.problem.reason === 'cursor_unknown') lastId = ''; // another database's: its past is in the lists
      }
      enter('lost');
      await wait(backoff(tries, Math.random()), stop.signal);
    }
  };

  if (navigator.locks) navigator.locks.request(`gpuaas${path}`, { signal: stop.signal }, lead).catch(() => undefined);
  else void lead();

  return () => {
    stop.abort();
    channel.close();
  };
}

function parseRecord(data: string): Partial<AuditRecord> {
  try {
    return JSON.parse(data) as Partial<AuditRecord>;
  } catch {
    return {};
  }
}
