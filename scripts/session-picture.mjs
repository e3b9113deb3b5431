import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** Makes docs/session.svg of what the built tool prints at a terminal. Needs an engine, git, `script` and mmdebstrap. */

const OUTPUT = 'docs/session.svg';
const COLUMNS = 96;

const FILES = {
  'buildenv.yaml': `version: 1
project: hello
images:
  toolchain:
    bootstrap: { distribution: debian, suite: bookworm, packages: [gcc, libc6-dev, make] }
environments:
  default: { image: toolchain }
distros:
  hello:
    files: [{ from: hello, to: /hello }]
    config: { entrypoint: [/hello] }
`,
  Makefile: 'hello: hello.c\n\tgcc -O2 -static -o $@ $<\n',
  'hello.c': '#include <stdio.h>\nint main(void) { puts("Hello from a container"); return 0; }\n',
};

/** Each command and the status that it ends with. */
const SESSION = [
  ['buildenv image', 0],
  ['buildenv run make', 0],
  ['buildenv run ./hello | tr a-z A-Z', 0],
  ["buildenv run sh -c 'exit 37'; echo $?", 0],
  ['buildenv image', 0],
  ['buildenv distro', 0],
  ['docker run --rm hello/hello:main', 0],
  ['buildenv imgae', 2],
];

const folder = mkdtempSync(join(tmpdir(), 'buildenv-session-'));
const tree = join(folder, 'hello');
const env = {
  ...process.env,
  PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
  NODE_EXTRA_CA_CERTS: undefined,
};
try {
  for (const path of ['hello', 'bin']) mkdirSync(join(folder, path));
  symlinkSync(resolve('dist/buildenv.cjs'), join(folder, 'bin/buildenv'));
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(tree, path), text);
  const identity = ['-c', 'user.name=hello', '-c', 'user.email=hello@localhost'];
  for (const args of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '.'],
    [...identity, 'commit', '--quiet', '--message=Hello'],
  ]) {
    execFileSync('git', args, { cwd: tree });
  }
  const lines = SESSION.flatMap(([command, status]) => [`$ ${command}`, ...run(command, status)]);
  writeFileSync(OUTPUT, picture(lines));
} finally {
  spawnSync('buildenv', ['image', 'remove', 'toolchain'], { cwd: tree, env });
  spawnSync('docker', ['rmi', 'hello/hello:main'], { env });
  rmSync(folder, { recursive: true });
}

/** What a command leaves on a terminal. */
function run(command, expected) {
  // At the end of its own input, script would type a control character.
  const line = `stty rows 24 cols ${COLUMNS}; exec </dev/null; ${command}`;
  const { status, stdout } = spawnSync('script', ['-qefc', line, '/dev/null'], {
    cwd: tree,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== expected) throw new Error(`${command}: status ${status}\n${stdout}`);
  return screen(stdout);
}

/** The lines on the screen once a terminal has obeyed the control sequences (ECMA-48) of ora and the tool. */
function screen(output) {
  const rows = [''];
  let row = 0;
  let column = 0;
  // eslint-disable-next-line no-control-regex
  for (const [token, parameter, final] of output.matchAll(/\x1b\[([?\d;]*)([A-Za-z])|[^]/g)) {
    const line = rows[row] ?? '';
    if (token === '\n') {
      row += 1;
      rows[row] ??= '';
    } else if (token === '\r') column = 0;
    else if (final === 'G') column = Number(parameter || 1) - 1;
    else if (final === 'A') row = Math.max(0, row - Number(parameter || 1));
    else if (final === 'K') rows[row] = line.slice(0, column);
    else if (final === undefined) {
      rows[row] = line.slice(0, column).padEnd(column) + token + line.slice(column + 1);
      column += 1;
    }
  }
  return rows.map((line) => line.trimEnd()).filter((line) => line !== '');
}

function picture(lines) {
  const rows = lines.flatMap((line) => line.match(new RegExp(`.{1,${COLUMNS}}`, 'g')));
  const [step, margin, size] = [20, 20, 14];
  const width = Math.ceil(COLUMNS * size * 0.61) + 2 * margin;
  const height = rows.length * step + 2 * margin;
  const texts = rows.map((line, index) => {
    const kind = line.startsWith('$ ') ? ' class="command"' : '';
    return `  <text${kind} x="${margin}" y="${margin + step * (index + 0.75)}">${escape(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
  <title>A terminal session of buildenv</title>
  <style>
    rect { fill: #f6f8fa; stroke: #d0d7de; }
    text { fill: #1f2328; font: ${size}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre; }
    .command { fill: #0550ae; font-weight: bold; }
    @media (prefers-color-scheme: dark) {
      rect { fill: #0d1117; stroke: #30363d; }
      text { fill: #e6edf3; }
      .command { fill: #79c0ff; }
    }
  </style>
  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${texts.join('\n')}
</svg>
`;
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
