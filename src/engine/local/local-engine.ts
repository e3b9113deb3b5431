import { access, mkdir, rm } from 'node:fs/promises';
import { BuildenvError } from '../../errors/buildenv-error';
import type { PrivateEngine, PrivateEngineStatus } from '../private-engine';
import type { PrivateEnginePaths } from '../private-engine-paths';
import { chooseService } from './choose-service';
import { EngineProcess } from './engine-process';
import { engineAnswers } from './engine-answers';
import type { EngineService } from './engine-service';
import { holdName } from '../../host/hold-name';
import { HostPrograms } from './host-programs';
import { stopContainers } from './stop-containers';

/** The longest socket path that containerd makes below `exec`. */
const LONGEST_SOCKET = 'containerd/containerd.sock.ttrpc';
/** unix(7) */
const SOCKET_LIMIT = 107;

/** An engine as a process of this machine that outlives the one that started it. */
export class LocalEngine implements PrivateEngine {
  private readonly programs: HostPrograms;
  private readonly uid: number;
  private readonly paths: PrivateEnginePaths;
  private readonly process: EngineProcess;

  /** @param env the engine's environment; its `PATH` is where programs are looked for */
  constructor(
    env: Readonly<Record<string, string | undefined>>,
    uid: number,
    paths: PrivateEnginePaths,
  ) {
    this.programs = new HostPrograms(env);
    this.uid = uid;
    this.paths = paths;
    this.process = new EngineProcess(this.programs, paths);
  }

  start(): Promise<PrivateEngineStatus> {
    return this.alone(async () => {
      const pid = await this.process.pid();
      if (pid === undefined) {
        await this.launch(this.service());
      } else if (!(await this.process.answers(() => false))) {
        throw new BuildenvError('host', `the private engine, process ${pid}, does not answer`, {
          hint: 'Stop it with `buildenv engine stop`, then start it again.',
        });
      }
      return this.status();
    });
  }

  stop(): Promise<boolean> {
    return this.alone(async () => {
      if (!(await exists(this.paths.pidFile))) return false;
      const service = this.service();
      let pid = await this.process.pid();
      if (pid === undefined && (await service.survivors()).length > 0) {
        // The engine crashed, and only a new start of it finds the containers that live on.
        await this.launch(service);
        pid = await this.process.pid();
      }
      if (await engineAnswers(this.paths.socket)) await stopContainers(this.paths.socket);
      await this.process.terminate();
      await this.clear(service);
      return pid !== undefined;
    });
  }

  async status(): Promise<PrivateEngineStatus> {
    const pid = await this.process.pid();
    const { url, folder, log } = this.paths;
    return { running: pid !== undefined, ...(pid === undefined ? {} : { pid }), url, folder, log };
  }

  /** Containers that outlived the engine in a crash end. */
  private async launch(service: EngineService): Promise<void> {
    await mkdir(this.paths.folder, { recursive: true, mode: 0o700 });
    const survivors = await service.survivors();
    try {
      await service.prepare();
      await this.process.launch(service.command);
      if (survivors.length > 0) await stopContainers(this.paths.socket);
    } catch (error) {
      await this.process.terminate();
      await this.clear(service);
      throw error;
    }
  }

  /** The pid file stays as long as there is something left to stop. */
  private async clear(service: EngineService): Promise<void> {
    await service.cleanUp();
    if ((await service.survivors()).length === 0) await rm(this.paths.pidFile, { force: true });
  }

  private service(): EngineService {
    return chooseService(this.programs, this.uid, this.paths);
  }

  /** One start or stop of this engine at a time. */
  private async alone<T>(work: () => Promise<T>): Promise<T> {
    const socket = `${this.paths.exec}/${LONGEST_SOCKET}`;
    const excess = Buffer.byteLength(socket) - SOCKET_LIMIT;
    if (excess > 0) {
      throw new BuildenvError(
        'host',
        `${this.paths.folder} is ${excess} bytes too long for sockets`,
        {
          hint: 'Set XDG_STATE_HOME to a shorter path.',
        },
      );
    }
    return holdName(this.paths.folder, work);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
