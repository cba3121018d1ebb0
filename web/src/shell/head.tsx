// Where you are, and the head of a page. Sets the document's title.
import { Link } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { usePlace } from './current';

export function Crumbs({ trail }: { trail: { name: string; to?: string }[] }) {
  const { chain } = usePlace();
  const all = [...chain.map((scope) => ({ name: scope.name, to: `/s/${scope.id}/instances` })), ...trail];
  return (
    <nav className="crumbs" aria-label="Where you are">
      {all.map((it, i) => {
        const last = i === all.length - 1;
        return (
          <span className="row tight" key={i}>
            {last || !it.to ? (
              <b aria-current={last ? 'page' : undefined}>{it.name}</b>
            ) : (
              <Link to={it.to as never}>{it.name}</Link>
            )}
            {!last && <span aria-hidden="true">/</span>}
          </span>
        );
      })}
    </nav>
  );
}

export function useTitle(...parts: (string | undefined)[]) {
  const title = [...parts.filter(Boolean), 'GPUaaS'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}

export function Head({ title, sub, actions }: { title: ReactNode; sub?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="head">
      <div>
        <h1>{title}</h1>
        {sub && <p className="sub">{sub}</p>}
      </div>
      {actions && <div className="act">{actions}</div>}
    </div>
  );
}
