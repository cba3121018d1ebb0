// The other faces of a page: loading, failed, refused, empty. Each keeps the frame, so that nothing jumps.
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { bindings, me, roles } from '../api/queries';
import { ApiError, lacking } from '../api/problem';
import { curl } from '../format/command';
import { firstName } from '../format/units';
import { named, useScopes } from '../shell/scopes';
import { Mark, Status } from './basic';
import { Cmd } from './cmd';
import { Id } from './id';

/** Nothing for 200 ms, then lines where the rows will be. */
export function Skeleton({ lines = 5, what }: { lines?: number; what: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="pad stack skel" aria-busy="true">
      <span className="vh" role="status">
        Loading {what}
      </span>
      {Array.from({ length: lines }, (_, i) => (
        <span className={`row skrow ${shown ? '' : 'unseen'}`} key={i}>
          <span className={`sk w${(i * 7) % 5}`} />
          <span className={`sk w${(i * 3 + 2) % 5}`} />
          <span className="sk w1 last" />
        </span>
      ))}
    </div>
  );
}

const AGAIN_AFTER = 5;

/** What happened, what to do, the request; tries again by itself where that can help. */
export function Failed({ error, what, retry }: { error: unknown; what: string; retry?: () => void }) {
  const problem = error instanceof ApiError ? error : undefined;
  const passing = problem?.passing ?? false;
  const [left, setLeft] = useState(problem?.retryAfter ?? AGAIN_AFTER);
  useEffect(() => {
    if (!passing || !retry) return;
    const timer = setInterval(() => setLeft((n) => n - 1), 1000);
    return () => clearInterval(timer);
  }, [passing, retry]);
  useEffect(() => {
    if (left > 0 || !passing) return;
    setLeft(AGAIN_AFTER);
    retry?.();
  }, [left, passing, retry]);
  return (
    <div className="blank" role="alert">
      <div>
        <h3 className="row">
          <span className="st bad">
            <Mark name="s-fail" />
          </span>
          {what} could not be read
        </h3>
        <p className="sec">
          {problem ? sentence(problem) : String(error)} {problem?.problem.next}
        </p>
      </div>
      {retry && (
        <div className="row">
          <button className="btn" type="button" onClick={retry}>
            Try again
          </button>
          {passing && <span className="mut sm">by itself in {Math.max(left, 0)} s</span>}
        </div>
      )}
      {problem?.requestId && (
        <p className="mut sm">
          request <Id id={problem.requestId} />
        </p>
      )}
    </div>
  );
}

export const sentence = (error: ApiError) => {
  const text = error.problem.detail ?? error.problem.title ?? 'The request failed';
  const status = error.status ? ` (${error.status})` : '';
  return `${text.replace(/\.$/, '')}${status}.`;
};

/** A change that did not go through, at the button that asked for it. */
export function ChangeError({ error }: { error: unknown }) {
  const tree = useScopes();
  if (!error) return null;
  const problem = error instanceof ApiError ? error : undefined;
  return (
    <div className="err" role="alert">
      <Mark name="s-fail" />
      <span>
        {problem ? named(sentence(problem), tree) : String(error)} {problem?.problem.next}{' '}
        {problem?.requestId && (
          <span className="mut">
            request <Id id={problem.requestId} />
          </span>
        )}
      </span>
    </div>
  );
}

/** Which permission is lacking, where, and who can grant it. */
export function Refused({ error, needs, scope, doing }: { error: ApiError; needs?: string; scope?: string; doing: string }) {
  const who = useQuery(me()).data;
  const tree = useScopes();
  const permission = lacking(error.problem) ?? needs ?? 'a permission';
  const at = scope ? tree.byId.get(scope) : undefined;
  return (
    <div className="refused">
      <div className="head mid">
        <Mark name="k-bad" className="bigbad" />
        <div>
          <h2 className="bigh">You may not {doing}</h2>
          <p className="sub">
            Signed in as <b className="strong">{who?.name}</b> ({who?.kind === 'user' ? 'user' : 'service account'}). Nothing was shown or changed.
          </p>
        </div>
      </div>
      <section className="card">
        <dl className="stats three">
          <div>
            <dt>Permission lacking</dt>
            <dd className="strong gap">
              <code>{permission}</code>
            </dd>
          </div>
          <div>
            <dt>Lacking at</dt>
            <dd className="strong gap">
              {at?.path ?? 'this scope'} {at && <span className="mut light">({at.kind})</span>}
            </dd>
            <dd className="note">a right further down does not reach up</dd>
          </div>
          <div>
            <dt>Reason</dt>
            <dd className="strong gap">
              <code>{error.problem.reason ?? 'forbidden'}</code>
            </dd>
            {error.problem.detail && <dd className="note">{named(error.problem.detail, tree)}</dd>}
          </div>
        </dl>
      </section>
      <div className="two-up gapped">
        {at && <Granters permission={permission} scope={at} />}
        <section className="card">
          <header>
            <h2 className="grow">What you have</h2>
          </header>
          <Held permission={permission} />
        </section>
      </div>
      <div className="gapped">
        <Cmd
          title="The same answer from a shell"
          command={{
            cli: `gpuaas access explain ${who?.mail ?? who?.name ?? 'me'} ${permission} ${at?.path ?? '.'}`,
            curl: curl(location.origin, 'POST', '/v1/access-check', { principal: who?.principal, permission, target: at?.id }),
          }}
        />
      </div>
      {error.requestId && (
        <p className="mut sm gapped">
          request <Id id={error.requestId} />
        </p>
      )}
    </div>
  );
}

function Granters({ permission, scope }: { permission: string; scope: { id: string; kind: 'platform' | 'organization' | 'department' | 'project'; path: string } }) {
  const bound = useQuery({ ...bindings(scope), retry: false });
  const known = useQuery({ ...roles(), retry: false });
  const holding = new Set(known.data?.rows.filter((role) => role.permissions.includes('iam.binding.create')).map((role) => role.name));
  const able = bound.data?.rows.filter((binding) => holding.has(binding.role)) ?? [];
  return (
    <section className="card">
      <header>
        <h2 className="grow">Who can grant it</h2>
      </header>
      {able.length ? (
        <ul className="checks padded">
          {able.map((binding) => (
            <li className="granter" key={binding.id}>
              <span className="ava" aria-hidden="true">
                {firstName(binding.principal_name)}
              </span>
              <span>
                <b className="strong">{binding.principal_name}</b>
                <span className="two">
                  {binding.role} at {binding.scope_path}
                </span>
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <div className="pad">
          <p className="sec">
            Whoever holds <code>iam.binding.create</code> at <span className="path">{scope.path}</span> or above can grant a role with <code>{permission}</code>.
            {bound.error && (
              <>
                {' '}
                Who that is: <span className="redact" role="img" aria-label="hidden" /> <b>hidden:</b> needs <code>iam.binding.list</code> there.
              </>
            )}
          </p>
        </div>
      )}
    </section>
  );
}

function Held({ permission }: { permission: string }) {
  const who = useQuery(me()).data;
  const known = useQuery({ ...roles(), retry: false });
  if (!who?.roles.length) return <p className="pad sec">No role at any scope.</p>;
  return (
    <div className="tw">
      <table className="t slim">
        <thead>
          <tr>
            <th scope="col">Role</th>
            <th scope="col">At</th>
            <th scope="col">Holds it</th>
          </tr>
        </thead>
        <tbody>
          {who.roles.map((held) => {
            const has = known.data?.rows.find((role) => role.name === held.role)?.permissions.includes(permission);
            return (
              <tr key={held.role + held.scope}>
                <td>{held.role}</td>
                <td className="path">{held.scope_path}</td>
                <td>{has ? <Status tone="ok" shape="s-check">yes</Status> : <Status tone="off" shape="s-no">{has === undefined ? 'not known' : 'no'}</Status>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** One query in its frame: skeleton, refusal, error, or what `children` make of the data. Old data stays under an error. */
export function Read<T>({
  query, what, doing, scope, needs, lines, children,
}: {
  query: UseQueryResult<T, unknown>; what: string; doing: string; scope?: string; needs?: string; lines?: number; children: (data: T) => ReactNode;
}) {
  const { data, error, refetch } = query;
  if (data === undefined && error instanceof ApiError && error.refused) return <Refused error={error} needs={needs} scope={scope} doing={doing} />;
  if (data === undefined && error) return <section className="card"><Failed error={error} what={what} retry={() => void refetch()} /></section>;
  if (data === undefined) return <section className="card"><Skeleton what={what} lines={lines} /></section>;
  return (
    <>
      {error instanceof ApiError && <StaleNote error={error} what={what} retry={() => void refetch()} />}
      {children(data)}
    </>
  );
}

function StaleNote({ error, what, retry }: { error: ApiError; what: string; retry: () => void }) {
  return (
    <div className="note-box wait stale" role="status">
      <div className="grow">
        {what} could not be read again: {sentence(error)} Shown is what was read last.
      </div>
      <button className="btn small" type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
