// Live changes for the pages: follows the organization's events, and lets what they make stale be read again.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { follow, type LiveState } from './feed';
import { stale } from './stale';

const Live = createContext<LiveState>({ state: 'connecting', since: 0 });
export const useLive = () => useContext(Live);

const GATHER = 150; // milliseconds: a burst of events is one reading

export function LiveProvider({ path, children }: { path: string | undefined; children: ReactNode }) {
  const [state, setState] = useState<LiveState>({ state: 'connecting', since: Date.now() });
  const queries = useQueryClient();
  useEffect(() => {
    if (!path) return;
    const due = new Map<string, readonly unknown[]>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let was: LiveState['state'] = 'connecting';
    const flush = () => {
      timer = undefined;
      for (const key of due.values()) void queries.invalidateQueries({ queryKey: key });
      due.clear();
    };
    const leave = follow(
      path,
      ({ action, record }) => {
        for (const key of stale(action, record)) due.set(JSON.stringify(key), key);
        timer ??= setTimeout(flush, GATHER);
      },
      (next) => {
        if (next.state === 'live' && was === 'lost') void queries.invalidateQueries(); // what passed meanwhile
        was = next.state;
        setState(next);
      },
    );
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [path, queries]);
  return <Live.Provider value={state}>{children}</Live.Provider>;
}
