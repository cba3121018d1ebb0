// The last lines of a log that is being written, in bounded memory.
export const KEPT = 5000;

const CONTROL = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

export class LogLines {
  dropped = 0;
  private done: string[] = [];
  private open = '';

  /** Text in any cuts. Colours and other control codes are left out; a carriage return begins its line again. */
  add(text: string) {
    const parts = (this.open + text).split('\n');
    this.open = parts.pop()!;
    for (const part of parts) this.done.push(clean(part));
    const over = this.done.length - KEPT;
    if (over > 0) {
      this.done.splice(0, over);
      this.dropped += over;
    }
  }

  lines(): string[] {
    return this.open ? [...this.done, clean(this.open)] : [...this.done];
  }
}

function clean(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf('\r') + 1).replace(CONTROL, '');
}
