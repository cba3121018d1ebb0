// xterm.js in the page: bytes in and out, size, paste, colours of the theme, and a key that lets go of the keyboard.
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { styleByObjectModel, withNonce } from '../../csp';
import { TerminalLink, type Into, type LinkState } from './terminal-link';

styleByObjectModel(HTMLSpanElement);

const encoder = new TextEncoder();
const SCROLLBACK = 10_000; // lines

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: of('--term-bg'), foreground: of('--term-ink'), cursor: of('--term-ink'), cursorAccent: of('--term-bg'),
    selectionBackground: '#3b4a7a', green: of('--term-ok'), brightGreen: of('--term-ok'), cyan: of('--term-ok'), blue: of('--term-blue'),
    brightBlue: of('--term-blue'), yellow: of('--term-wait'), brightYellow: of('--term-wait'), red: '#f4786b', brightRed: '#f4786b',
    brightBlack: of('--term-dim'), white: of('--term-ink'), black: '#20252b', magenta: '#d7a1f0', brightMagenta: '#d7a1f0',
  };
}

function makeTerminal(): Terminal {
  return new Terminal({
    theme: colours(),
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono').trim(),
    fontSize: 13,
    lineHeight: 1.25,
    scrollback: SCROLLBACK,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    macOptionIsMeta: true,
    rightClickSelectsWord: true,
    drawBoldTextInBrightColors: false,
  });
}

/** Control Shift Escape frees the keyboard; Control Shift C copies, as in other terminals of a desktop. */
function ownKeys(terminal: Terminal) {
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey) return true;
    if (event.code === 'Escape') {
      terminal.blur();
      document.getElementById('tab-terminal')?.focus();
      event.preventDefault();
      return false;
    }
    if (event.code === 'KeyC' && terminal.hasSelection()) {
      void navigator.clipboard?.writeText(terminal.getSelection());
      event.preventDefault();
      return false;
    }
    return true;
  });
}

export function TerminalScreen({ instance, into, simulated, onLink }: { instance: string; into: Into; simulated: boolean; onLink: (state: LinkState) => void }) {
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<Terminal>(undefined);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });

  useEffect(() => {
    const terminal = makeTerminal();
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    withNonce(() => terminal.open(host.current!));
    ownKeys(terminal);
    fit.fit();
    shown.current = terminal;
    const link = new TerminalLink(
      instance,
      into,
      { rows: terminal.rows, cols: terminal.cols },
      { reset: () => terminal.reset(), write: (bytes) => terminal.write(bytes) },
      onLink,
    );
    terminal.onData((text) => link.send(encoder.encode(text)));
    terminal.onBinary((text) => link.send(Uint8Array.from(text, (c) => c.charCodeAt(0))));
    terminal.onResize(({ rows, cols }) => link.resize({ rows, cols }));
    const watch = new ResizeObserver(() => fit.fit());
    watch.observe(host.current!);
    terminal.focus();
    return () => {
      watch.disconnect();
      link.drop();
      terminal.dispose();
    };
  }, [instance, into, onLink]);

  useEffect(() => {
    if (shown.current) shown.current.options.theme = colours();
  }, [scheme]);

  return (
    <>
      {simulated && (
        <p className="simline">
          The GPU of this instance is simulated: its figures are imitated.
        </p>
      )}
      <div className="xhost" ref={host} />
    </>
  );
}
