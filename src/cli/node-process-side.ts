import { spawnSync } from 'node:child_process';
import type { ProcessSide } from '../commands/command-context';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** This process as a run sees it. */
export function nodeProcessSide(process: NodeJS.Process): ProcessSide {
  const { stdin, stdout, stderr } = process;
  return {
    stdin,
    stdout,
    stderr,
    terminal: stdin.isTTY && stdout.isTTY,
    onSignal(listener) {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
    onResize(listener) {
      stdout.on('resize', listener);
      return () => void stdout.off('resize', listener);
    },
    size: () => ({ rows: stdout.rows, columns: stdout.columns }),
    setRawMode(raw) {
      stdin.setRawMode(raw);
      // Node's raw mode goes on turning line feeds into two characters, which the terminal in the
      // container has done already, or must not be done: full-screen programs would be garbled.
      if (raw) spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
    },
  };
}
