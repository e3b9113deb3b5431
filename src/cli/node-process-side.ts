import { isatty } from 'node:tty';
import type { ProcessSide } from '../commands/command-context';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** This process as a run sees it. Its streams are opened when they are first asked for. */
export function nodeProcessSide(process: NodeJS.Process): ProcessSide {
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    open: () => [process.stdin, process.stdout, process.stderr],
    terminal: isatty(0) && isatty(1),
    onSignal(listener) {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
    onResize(listener) {
      process.stdout.on('resize', listener);
      return () => void process.stdout.off('resize', listener);
    },
    size: () => ({ rows: process.stdout.rows, columns: process.stdout.columns }),
    async setRawMode(raw) {
      process.stdin.setRawMode(raw);
      // Node's raw mode goes on turning line feeds into two characters, which the terminal in the
      // container has done already, or must not be done: full-screen programs would be garbled.
      if (!raw) return;
      const { spawnSync } = await import('node:child_process');
      spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
    },
  };
}
