// A log read to its end over whatever cuts it: the next body begins at the byte after the last that came.
import { ApiError, openStream } from '../../api/client';
import { backoff, wait } from '../../live/backoff';

export type LogState = 'reading' | 'lost' | 'ended';

export interface LogReader {
  add(text: string): void;
  enter(state: LogState): void;
}

/** Ends with the log or the signal. Throws a refusal, which trying again would not change. */
export async function readLog(instance: string, signal: AbortSignal, into: LogReader): Promise<void> {
  const text = new TextDecoder(); // one for all bodies: a cut may fall inside a character
  let offset = 0;
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      const reader = (await openStream(`/v1/instances/${instance}/logs?follow=true&offset=${offset}`, signal)).getReader();
      into.enter('reading');
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return into.enter('ended');
        tries = 0;
        offset += value.length;
        into.add(text.decode(value, { stream: true }));
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && [400, 401, 403, 404].includes(error.status)) throw error;
    }
    into.enter('lost');
    await wait(backoff(tries, Math.random()), signal);
  }
}
