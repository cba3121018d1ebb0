// Text into the clipboard, and a toast that says so.
import { useToasts } from './toasts';

/** Copies `text`; the toast shows `shown` of it. */
export function useCopy(): (text: string, shown?: string) => void {
  const { say } = useToasts();
  return (text, shown = text) => void navigator.clipboard?.writeText(text).then(() => say({ tone: 'ok', title: 'Copied', body: shown }));
}
