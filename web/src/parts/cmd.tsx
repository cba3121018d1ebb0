// "As command": the same thing from a shell. A block on the page, or behind a button.
import { Popover } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Command } from '../format/command';
import { Icon } from './basic';
import { useCopy } from './copy';

export function Cmd({ title, command, after }: { title: string; command: Command; after?: ReactNode }) {
  const [form, setForm] = useState<keyof Command>('cli');
  const copy = useCopy();
  const text = command[form];
  return (
    <div className="cmd">
      <div className="top">
        <b>{title}</b>
        <span className="seg" role="group" aria-label="Form of the command">
          {(['cli', 'curl'] as const).map((name) => (
            <button key={name} type="button" aria-pressed={form === name} onClick={() => setForm(name)}>
              {name === 'cli' ? 'CLI' : 'curl'}
            </button>
          ))}
        </span>
        <button className="iconbtn" type="button" aria-label="Copy the command" onClick={() => copy(text, text.split('\n')[0])}>
          <Icon name="copy" />
        </button>
      </div>
      <pre tabIndex={0}>
        <span className="p">$ </span>
        {text}
        {after && <span className="mut">{after}</span>}
      </pre>
    </div>
  );
}

export function AsCommand({ command, title = 'As command', small }: { command: Command; title?: string; small?: boolean }) {
  return (
    <Popover position="bottom-end" width={460} shadow="none" withinPortal trapFocus returnFocus transitionProps={{ duration: 0 }}>
      <Popover.Target>
        <button className={small ? 'btn quiet small' : 'btn'} type="button">
          <Icon name="cmd" />
          As command
        </button>
      </Popover.Target>
      <Popover.Dropdown className="floats" aria-label={title}>
        <Cmd title={title} command={command} />
      </Popover.Dropdown>
    </Popover>
  );
}
