import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { kill } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { BuildenvError } from '../../errors/buildenv-error';
import type { PrivateEnginePaths } from '../private-engine-paths';
import { engineAnswers } from './engine-answers';
import type { HostPrograms } from './host-programs';
import { readLiveProcess, recordProcess, writeProcessRecord } from './process-record';

const POLL_MS = 50;
/** The first start on a slow disk takes seconds. */
const START_LIMIT_MS = 60_000;
/** `dockerd` gives its containers 15 s to end, and its containerd as many. */
const STOP_LIMIT_MS = 45_000;
const LOG_LINES = 15;

/** The process that answers on a private engine's socket. */
export class EngineProcess {
  private readonly programs: HostPrograms;
  private readonly paths: PrivateEnginePaths;

  constructor(programs: HostPrograms, paths: PrivateEnginePaths) {
    this.programs = programs;
    this.paths = paths;
  }

  /** Undefined where it does not run. */
  async pid(): Promise<number | undefined> {
    return (await readLiveProcess(this.paths.pidFile))?.pid;
  }

  /**
   * Starts it in a session of its own, with the log as its only open file.
   * @throws {BuildenvError} `host` with the log's last lines when it ends or stays mute
   */
  async launch([program, ...args]: readonly [string, ...string[]]): Promise<void> {
    const log = await open(this.paths.log, 'w', 0o600);
    try {
      const child = spawn(program, args, {
        cwd: '/',
        detached: true,
        env: this.programs.env,
        stdio: ['ignore', log.fd, log.fd],
      });
      await once(child, 'spawn');
      await this.settle(program, child);
      child.unref();
    } finally {
      await log.close();
    }
  }

  /** @returns whether it answers before the deadline and before `hasEnded` is true */
  async answers(hasEnded: () => boolean): Promise<boolean> {
    const deadline = AbortSignal.timeout(START_LIMIT_MS);
    while (!deadline.aborted && !hasEnded()) {
      if (await engineAnswers(this.paths.socket)) return true;
      await delay(POLL_MS);
    }
    return false;
  }

  /** @throws {BuildenvError} `host` when it does not end */
  async terminate(): Promise<void> {
    const pid = await this.pid();
    if (pid === undefined) return;
    signal(pid, 'SIGTERM');
    const deadline = AbortSignal.timeout(STOP_LIMIT_MS);
    while ((await this.pid()) === pid) {
      if (deadline.aborted) {
        throw new BuildenvError('host', `the private engine, process ${pid}, does not end`, {
          hint: `Read ${this.paths.log}, then end it with: kill -9 ${pid}`,
        });
      }
      await delay(POLL_MS);
    }
  }

  private async settle(program: string, child: ChildProcess): Promise<void> {
    const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
    const record = child.pid === undefined ? undefined : await recordProcess(child.pid);
    if (record !== undefined) await writeProcessRecord(this.paths.pidFile, record);
    if (await this.answers(hasEnded)) return;
    const what = hasEnded()
      ? `ended with ${child.signalCode ?? `status ${child.exitCode}`}`
      : `did not answer within ${START_LIMIT_MS / 1000} s`;
    throw new BuildenvError(
      'host',
      `${program} ${what}; its last lines:\n${await this.lastLines()}`,
      {
        hint: `The whole log is ${this.paths.log}.`,
      },
    );
  }

  private async lastLines(): Promise<string> {
    const log = await readFile(this.paths.log, 'utf8');
    return log.trimEnd().split('\n').slice(-LOG_LINES).join('\n');
  }
}

/** A process that has ended meanwhile needs no signal. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
