// The only page outside the shell. Beside the form, what the platform promises: an example of lineage.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { api, ask, setCsrf } from '../api/client';
import { ApiError } from '../api/problem';
import { Mark } from '../parts/basic';
import { useTitle } from '../shell/head';
import { ThemeButton } from '../shell/me';

const EXAMPLE = [
  ['Authority', 'ann is project-admin at acme/research'],
  ['Decision', 'allow gpuaas.instance.create'],
  ['Usage', '93 GPU-seconds, 3 events'],
  ['Charges', '0.064558 EUR, price book 4'],
  ['Ledger', 'prepaid/acme to revenue/gpuaas/acme'],
  ['Audit', '7 records, one dense order'],
];

/** Only a path of our own: never another site. */
export const safeTarget = (to: string | undefined) => (to && /^\/(?![/\\])/.test(to) ? to : '/instances');

export function SignInPage() {
  useTitle('Sign in');
  return (
    <div className="gate">
      <main className="form">
        <div>
          <span className="brand auto">
            <Mark name="i-logo" />
            GPUaaS
          </span>
          <h1>Sign in</h1>
          <p className="sec under">
            to the platform at <span className="nowrap">{location.host}</span>
          </p>
          <SignInForm />
          <p className="mut sm hint">
            First time? The admin's password was shown once when the platform started; <code>./dev up --reset-admin</code> makes another.
          </p>
        </div>
      </main>
      <aside className="story" aria-label="What the platform promises">
        <div className="corner">
          <ThemeButton />
        </div>
        <h2 className="promise">Every GPU-second has a reason, a price and a proof.</h2>
        <ol className="mini">
          {EXAMPLE.map(([step, text]) => (
            <li key={step}>
              <span className="knot">
                <Mark name="k-ok" />
              </span>
              <b>{step}</b>
              <span className="sec">{text}</span>
            </li>
          ))}
        </ol>
        <p className="mut sm hint">
          An example, as <code>gpuaas lineage train</code> tells it. Signing in is recorded too.
        </p>
      </aside>
    </div>
  );
}

function SignInForm() {
  const [mail, setMail] = useState('');
  const [password, setPassword] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const { to } = useSearch({ strict: false }) as { to?: string };
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => first.current?.focus(), []);
  const signIn = useMutation({
    mutationFn: () => ask(api.POST('/v1/sign-in', { body: { mail, password } })),
    onSuccess: async (answer) => {
      queries.clear();
      setCsrf(answer.csrf);
      await navigate({ to: safeTarget(to) as never });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!signIn.isPending) signIn.mutate();
  };
  const refused = signIn.error instanceof ApiError ? signIn.error : undefined;
  return (
    <form onSubmit={submit}>
      <div className="field">
        <label htmlFor="mail">Email</label>
        <input className="in" id="mail" name="mail" type="email" autoComplete="username" required ref={first} value={mail} onChange={(event) => setMail(event.target.value)} />
      </div>
      <div className="field">
        <label htmlFor="password">Password</label>
        <input
          className="in" id="password" name="password" type="password" autoComplete="current-password" required value={password}
          aria-invalid={refused?.status === 401 || undefined} aria-describedby={signIn.error ? 'refusal' : undefined}
          onChange={(event) => setPassword(event.target.value)}
        />
        {signIn.error && (
          <span className="err" id="refusal" role="alert">
            <Mark name="s-fail" />
            {refused?.status === 401 ? 'Email and password do not match.' : `${refused?.message ?? 'Sign-in failed'}. ${refused?.problem.next ?? ''}`}
          </span>
        )}
      </div>
      <button className="btn primary" type="submit" aria-disabled={signIn.isPending}>
        {signIn.isPending ? 'Signing in…' : 'Sign in'}
      </button>
    </form>
  );
}
