// Toasts: only for what was started here and looked away from. Six seconds, held by hover and focus.
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
import { Icon, Mark } from './basic';

export type Toast = { tone: 'ok' | 'bad'; title: string; body?: ReactNode };
type Shown = Toast & { key: number };

const Toasts = createContext<{ say(toast: Toast): void }>({ say: () => undefined });
export const useToasts = () => useContext(Toasts);

const SHOWN_FOR = 6000;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<Shown>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const next = useRef(0);
  const hide = useCallback(() => setToast(undefined), []);
  const hold = () => clearTimeout(timer.current);
  const run = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(hide, SHOWN_FOR);
  }, [hide]);
  const say = useCallback(
    (it: Toast) => {
      setToast({ ...it, key: next.current++ });
      run();
    },
    [run],
  );
  const value = useMemo(() => ({ say }), [say]);
  return (
    <Toasts.Provider value={value}>
      {children}
      <div role="status" aria-live="polite">
        {toast && (
          <div className="toast" key={toast.key} onMouseEnter={hold} onMouseLeave={run} onFocus={hold} onBlur={run}>
            <span className={`st ${toast.tone}`}>
              <Mark name={toast.tone === 'ok' ? 's-check' : 's-fail'} />
            </span>
            <div className="grow">
              <b>{toast.title}</b>
              {toast.body && <div className="sec sm wrapany">{toast.body}</div>}
            </div>
            <button className="iconbtn" type="button" aria-label="Dismiss" onClick={hide}>
              <Icon name="x" />
            </button>
          </div>
        )}
      </div>
    </Toasts.Provider>
  );
}
