// Add prepaid credit: an operator's change, a transfer like any other.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, ask } from '../api/client';
import type { Scope } from '../api/types';
import { curl, quote } from '../format/command';
import { parse } from '../format/decimal';
import { Icon, Mark } from '../parts/basic';
import { Cmd } from '../parts/cmd';
import { ChangeError } from '../parts/faces';
import { useToasts } from '../parts/toasts';

export function CreditPanel({ organization, close }: { organization: Scope; close: () => void }) {
  const queries = useQueryClient();
  const { say } = useToasts();
  const [amount, setAmount] = useState('100.00');
  const [note, setNote] = useState('');
  const wrong = (parse(amount) ?? 0n) <= 0n;
  const grant = useMutation({
    mutationFn: () => ask(api.POST('/v1/organizations/{organization}/credits', { params: { path: { organization: organization.id } }, body: { amount, note } })),
    onSuccess: () => {
      for (const key of ['balance', 'transfers', 'costs']) void queries.invalidateQueries({ queryKey: [key] });
      say({ tone: 'ok', title: `${amount} of credit added to ${organization.name}` });
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!wrong && !grant.isPending) grant.mutate();
  };
  return (
    <section className="card panel" aria-label={`Add credit to ${organization.name}`}>
      <header>
        <h2 className="grow">Add credit to {organization.name}</h2>
        <button className="iconbtn" type="button" aria-label="Close" onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <div className="pad panelin">
        <form className="stack close" onSubmit={submit}>
          <div className="two-up">
            <div className="field">
              <label htmlFor="credit">Amount, in the organization's currency</label>
              <input className="in" id="credit" inputMode="decimal" value={amount} aria-invalid={wrong || undefined} onChange={(event) => setAmount(event.target.value.trim())} />
              {wrong && (
                <span className="err">
                  <Mark name="s-fail" />
                  An amount above zero, like 100.00
                </span>
              )}
            </div>
            <div className="field">
              <label htmlFor="note">Note</label>
              <input className="in" id="note" value={note} onChange={(event) => setNote(event.target.value)} />
            </div>
          </div>
          <p className="sec">Posts one transfer to prepaid/{organization.name}. It cannot be edited, only answered by another.</p>
          <div className="row">
            <button className="btn primary" type="submit" aria-disabled={grant.isPending}>
              Add {amount}
            </button>
            <button className="btn quiet" type="button" onClick={close}>
              Not now
            </button>
          </div>
          <ChangeError error={grant.error} />
        </form>
        <Cmd title="As command" command={{ cli: `gpuaas credit grant ${organization.name} ${amount} --note ${quote(note || 'top-up')}`, curl: curl(location.origin, 'POST', `/v1/organizations/${organization.id}/credits`, { amount, note }) }} />
      </div>
    </section>
  );
}
