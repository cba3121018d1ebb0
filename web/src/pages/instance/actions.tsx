// Stop and delete: first the consequence and the command, then the verb and its object.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api, ask } from '../../api/client';
import type { Instance } from '../../api/types';
import { curl, type Command } from '../../format/command';
import { fixed, forSeconds, rateAmount, toBig } from '../../format/decimal';
import { upMs } from '../../format/instance';
import { Icon, useNow } from '../../parts/basic';
import { Cmd } from '../../parts/cmd';
import { ChangeError } from '../../parts/faces';
import { useToasts } from '../../parts/toasts';

export function StopPanel({ it, close }: { it: Instance; close: () => void }) {
  const queries = useQueryClient();
  const { say } = useToasts();
  const now = useNow();
  const stop = useMutation({
    mutationFn: () => ask(api.POST('/v1/instances/{instance}/stop', { params: { path: { instance: it.id } } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['instance', it.id] });
      void queries.invalidateQueries({ queryKey: ['instances'] });
      say({ tone: 'ok', title: `${it.name} is stopping`, body: 'Metering ends with the workload.' });
      close();
    },
  });
  const currency = it.price?.currency ?? '';
  const soFar = fixed(forSeconds(toBig(it.price), (upMs(it, now) ?? 0) / 1000), 6);
  return (
    <Panel verb="Stop" object={it.name} close={close} keep="Keep it" pending={stop.isPending} run={() => stop.mutate()} error={stop.error}
      command={{ cli: `gpuaas instance stop ${it.name}`, curl: curl(location.origin, 'POST', `/v1/instances/${it.id}/stop`) }}>
      Ends the workload and its terminals; what it wrote to its log stays. Metering ends at once, at about {soFar} {currency} for this run; the burn rate falls by{' '}
      {rateAmount(it.price ?? '0')} {currency}/hour.
    </Panel>
  );
}

export function DeletePanel({ it, close }: { it: Instance; close: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { say } = useToasts();
  const remove = useMutation({
    mutationFn: () => ask(api.DELETE('/v1/instances/{instance}', { params: { path: { instance: it.id } } })),
    onSuccess: async () => {
      await navigate({ to: '/s/$scopeId/instances' as never, params: { scopeId: it.project } as never });
      queries.removeQueries({ queryKey: ['instance', it.id] });
      void queries.invalidateQueries({ queryKey: ['instances'] });
      say({ tone: 'ok', title: `${it.name} is deleted`, body: 'Its charges, transfers and audit records stay.' });
    },
  });
  return (
    <Panel verb="Delete" object={it.name} close={close} keep="Keep it" pending={remove.isPending} run={() => remove.mutate()} error={remove.error}
      command={{ cli: `gpuaas instance delete ${it.name}`, curl: curl(location.origin, 'DELETE', `/v1/instances/${it.id}`) }}>
      Takes {it.name}, its files and its log away. It costs nothing now, and what it cost stays: usage, charges, transfers and audit records are never deleted.
    </Panel>
  );
}

type PanelProps = { verb: string; object: string; keep: string; close: () => void; run: () => void; pending: boolean; error: unknown; command: Command; children: ReactNode };
function Panel({ verb, object, keep, close, run, pending, error, command, children }: PanelProps) {
  return (
    <section className="card panel" aria-label={`${verb} ${object}`}>
      <header>
        <h2 className="grow">
          {verb} {object}
        </h2>
        <button className="iconbtn" type="button" aria-label="Close" onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <div className="pad panelin">
        <div className="stack close">
          <p className="sec">{children}</p>
          <div className="row">
            <button className="btn danger" type="button" aria-disabled={pending} onClick={() => !pending && run()}>
              {verb} {object}
            </button>
            <button className="btn quiet" type="button" onClick={close}>
              {keep}
            </button>
          </div>
          <ChangeError error={error} />
        </div>
        <Cmd title="As command" command={command} />
      </div>
    </section>
  );
}
