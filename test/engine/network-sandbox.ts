import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An address that is reached from the sandbox only by forwarding with address translation. */
export const OUTSIDE = '198.51.100.2';

/**
 * A network namespace with a way out to a second one, so that engines can be tested with bridges
 * and packet filter rules that the machine's own engine never sees.
 */
export class NetworkSandbox {
  readonly name: string;
  private readonly outside: string;

  constructor(name: string) {
    this.name = name;
    this.outside = `${name}-out`;
  }

  open(): void {
    run('ip', 'netns', 'add', this.name);
    run('ip', 'netns', 'add', this.outside);
    this.run('ip', 'link', 'set', 'lo', 'up');
    this.run(
      'ip',
      'link',
      'add',
      'way',
      'type',
      'veth',
      'peer',
      'name',
      'in',
      'netns',
      this.outside,
    );
    this.run('ip', 'addr', 'add', '198.51.100.1/24', 'dev', 'way');
    this.run('ip', 'link', 'set', 'way', 'up');
    run('ip', '-n', this.outside, 'addr', 'add', `${OUTSIDE}/24`, 'dev', 'in');
    run('ip', '-n', this.outside, 'link', 'set', 'in', 'up');
  }

  close(): void {
    run('ip', 'netns', 'delete', this.name);
    run('ip', 'netns', 'delete', this.outside);
  }

  /** What a program inside prints. */
  run(...command: [string, ...string[]]): string {
    return run('nsenter', `--net=/run/netns/${this.name}`, ...command);
  }

  /** Fills a folder with programs of these names that run the machine's ones inside. */
  programs(folder: string, names: readonly string[]): void {
    mkdirSync(folder);
    for (const name of names) {
      const file = join(folder, name);
      const program = run('sh', '-c', `PATH=/usr/sbin:/sbin:$PATH command -v ${name}`).trim();
      writeFileSync(
        file,
        `#!/bin/sh\nexec nsenter --net=/run/netns/${this.name} ${program} "$@"\n`,
      );
      chmodSync(file, 0o755);
    }
  }

  /** Everything that the packet filter and the bridges hold, to compare. */
  snapshot(): string {
    return [
      this.run('iptables', '-S'),
      this.run('iptables', '-t', 'nat', '-S'),
      this.run('ip', '-4', '-o', 'addr', 'show', 'type', 'bridge'),
    ].join('\n');
  }
}

function run(...[program, ...args]: [string, ...string[]]): string {
  return execFileSync(program, args, { encoding: 'utf8' });
}
