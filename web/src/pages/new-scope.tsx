// A new project or department below a scope.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { api, ask } from '../api/client';
import type { Scope } from '../api/types';
import { curl } from '../format/command';
import { Mark } from '../parts/basic';
import { Cmd } from '../parts/cmd';
import { ChangeError } from '../parts/faces';
import { usePlace } from '../shell/current';
import { Crumbs, Head, useTitle } from '../shell/head';
import { useScopes } from '../shell/scopes';

type Kind = 'project' | 'department';

function create(parent: Scope, kind: Kind, name: string): Promise<Scope> {
  const body = { name };
  if (parent.kind === 'organization') {
    const params = { path: { organization: parent.id } };
    return ask(kind === 'project' ? api.POST('/v1/organizations/{organization}/projects', { params, body }) : api.POST('/v1/organizations/{organization}/departments', { params, body }));
  }
  const params = { path: { department: parent.id } };
  return ask(kind === 'project' ? api.POST('/v1/departments/{department}/projects', { params, body }) : api.POST('/v1/departments/{department}/departments', { params, body }));
}

export function NewScopePage() {
  const { scope, chain } = usePlace();
  const tree = useScopes();
  const parents = tree.all.filter((it) => it.kind !== 'project');
  const [chosen, setChosen] = useState<string>();
  const [kind, setKind] = useState<Kind>('project');
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  useTitle('New project');
  const parent = tree.byId.get(chosen ?? '') ?? chain.findLast((it) => it.kind !== 'project') ?? parents[0];
  const make = useMutation({
    mutationFn: () => create(parent!, kind, name),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['scopes'] });
      await navigate({ to: '/s/$scopeId/instances' as never, params: { scopeId: made.id } as never });
    },
  });
  if (!scope || !parent) return null;
  const wrong = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name) ? undefined : 'Lower case letters, digits and hyphens, 63 at most, no hyphen at an end';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!wrong && !make.isPending) make.mutate();
  };
  return (
    <>
      <Crumbs trail={[{ name: 'New' }]} />
      <Head title={`New ${kind}`} sub={kind === 'project' ? 'A project owns instances; its place in the tree says who may launch and who pays' : 'A department gathers projects, and the roles that reach all of them'} />
      <form className="cols wide" onSubmit={submit} noValidate>
        <div className="card">
          <div className="pad">
            <div className="two-up">
              <div className="field">
                <label htmlFor="scope-name">Name</label>
                <input className="in" id="scope-name" autoFocus autoComplete="off" spellCheck={false} value={name} aria-invalid={(tried && !!wrong) || undefined} aria-describedby="scope-name-help" onChange={(event) => setName(event.target.value)} />
                {tried && wrong ? (
                  <span className="err" id="scope-name-help">
                    <Mark name="s-fail" />
                    {wrong}
                  </span>
                ) : (
                  <span className="help" id="scope-name-help">
                    Will be {parent.path}/{name || '…'}
                  </span>
                )}
              </div>
              <div className="field">
                <label htmlFor="scope-parent">In</label>
                <select className="in" id="scope-parent" value={parent.id} onChange={(event) => setChosen(event.target.value)}>
                  {parents.map((it) => (
                    <option key={it.id} value={it.id}>
                      {it.path}
                    </option>
                  ))}
                </select>
              </div>
            </div>
            <div className="field spaced">
              <span className="lab" id="kind-label">
                What
              </span>
              <span className="seg pickkind" role="group" aria-labelledby="kind-label">
                {(['project', 'department'] as const).map((it) => (
                  <button key={it} type="button" aria-pressed={kind === it} onClick={() => setKind(it)}>
                    {it}
                  </button>
                ))}
              </span>
            </div>
            <div className="row spaced_">
              <button className="btn primary" type="submit" aria-disabled={make.isPending}>
                Create {kind}
                {name && ` ${name}`}
              </button>
            </div>
            <ChangeError error={make.error} />
          </div>
        </div>
        <Cmd
          title="As command"
          command={{ cli: `gpuaas ${kind} create ${name || 'NAME'} --in ${parent.path}`, curl: curl(location.origin, 'POST', `/v1/${parent.kind}s/${parent.id}/${kind}s`, { name: name || 'NAME' }) }}
        />
      </form>
    </>
  );
}
