import { coreWorktree } from './core-worktree';

test.each([
  ['[core]\n\tbare = false\n\tworktree = ../../../sub\n', '../../../sub'],
  ['[CORE] WorkTree=/a b\n', '/a b'],
  ['[core]\n\tworktree = "/a \\"b\\" \\\\c"\n', '/a "b" \\c'],
  ['[core]\nworktree = a\n[core]\nworktree = b\n', 'b'],
  ['[remote "core"]\n\tworktree = a\n', undefined],
  ['[core]\n[other]\n\tworktree = a\n', undefined],
  ['', undefined],
])('%j', (text, path) => {
  expect(coreWorktree(text)).toBe(path);
});
