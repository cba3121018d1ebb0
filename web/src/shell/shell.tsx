// The frame of all pages behind sign-in: the bar, the tree of scopes, the sections of the scope, and one event stream.
import { Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { LiveProvider } from '../live/live';
import { Bar } from './bar';
import { usePlace } from './current';
import { rememberScope } from './last-scope';
import { Side, Where } from './side';

const PLURAL = { organization: 'organizations', department: 'departments', project: 'projects', platform: 'platform' } as const;

export function Shell() {
  const { scope, top } = usePlace();
  useEffect(() => {
    if (scope) rememberScope(scope.id);
  }, [scope]);
  return (
    <LiveProvider path={top && `/v1/${PLURAL[top.kind]}/${top.id}/events`}>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <div className="shell">
        <Bar />
        <Where />
        <Side />
        <main className="main" id="main" tabIndex={-1}>
          <div className="wrap">
            <Outlet />
          </div>
        </main>
      </div>
    </LiveProvider>
  );
}
