// A sentence of the API with its ids, permissions, paths and amounts set apart.
import { Link } from '@tanstack/react-router';
import { pieces } from '../format/prose';
import { useScopes } from '../shell/scopes';
import { Time } from './basic';
import { Id } from './id';

/** "--role project-admin-->" */
const roleIn = (text: string) => text.replace(/^--role /, '').replace(/--+>$/, '');

export function Prose({ text, plain }: { text: string; plain?: boolean }) {
  const tree = useScopes();
  return (
    <>
      {pieces(text).map((piece, i) => {
        if (piece.kind === 'id') return <Id key={i} id={piece.text} />;
        if (piece.kind === 'code') return <code key={i}>{piece.text}</code>;
        if (piece.kind === 'strong' && !plain) return <b key={i}>{piece.text}</b>;
        if (piece.kind === 'time') return <Time key={i} at={piece.text} />;
        if (piece.kind === 'role') return <span key={i}>is <b>{roleIn(piece.text)}</b> at</span>;
        if (piece.kind === 'arrow') return <span key={i} className="arrow" role="img" aria-label="to">→</span>;
        if (piece.kind !== 'path') return piece.text;
        const scope = tree.byPath.get(piece.text);
        if (!scope) return <span className="path" key={i}>{piece.text}</span>;
        return (
          <Link key={i} className="path" to={'/s/$scopeId/instances' as never} params={{ scopeId: scope.id } as never}>
            {piece.text}
          </Link>
        );
      })}
    </>
  );
}
