import { azurePipelines } from './azure-pipelines';
import { findCiSystem } from './find-ci-system';
import { githubActions } from './github-actions';

const HOSTILE = 'a;b]c:d,e 100%\r\n##vso[task.setvariable variable=x]y';

describe('Azure Pipelines', () => {
  test('values cannot end their command, nor begin another', () => {
    const place = { file: '/s/a;b].yaml', line: 3, column: 7 };
    expect(azurePipelines.issue({ message: HOSTILE, place })).toBe(
      '##vso[task.logissue type=error;sourcepath=/s/a%3Bb%5D.yaml;linenumber=3;columnnumber=7]' +
        'a;b]c:d,e 100%AZP25%0D%0A**vso[task.setvariable variable=x]y',
    );
    expect(azurePipelines.output('image_a', 'r/a:1%')).toBe(
      '##vso[task.setvariable variable=image_a;isOutput=true]r/a:1%AZP25',
    );
  });

  test.each([
    [HOSTILE, 'a;b]c:d,e 100%\r\n**vso[task.setvariable variable=x]y'],
    ['x ##VSO[a.b] and ##[error]c', 'x **VSO[a.b] and **[error]c'],
    ['## a heading', '## a heading'],
  ])('text is no command: %j', (text, shown) => {
    expect(azurePipelines.neutral(text)).toBe(shown);
  });

  test('the title of a group is one line without commands', () => {
    expect(azurePipelines.openGroup('tool: ##vso[a.b]c\n##[endgroup]')).toBe(
      '##[group]tool: **vso[a.b]c',
    );
  });
});

describe('GitHub Actions', () => {
  const actions = githubActions('/out');

  test('values cannot end their command', () => {
    const place = { file: '/s/a:b,c.yaml', line: 3, column: 7 };
    expect(actions.issue({ message: 'a: b, 100%\n::error::c', place })).toBe(
      '::error file=/s/a%3Ab%2Cc.yaml,line=3,col=7::a: b, 100%25%0A::error::c',
    );
    expect(actions.openGroup('a\n::error::b')).toBe('::group::a%0A::error::b');
  });

  test.each([
    ['::error::a', ': :error::a'],
    ['a\n  ::set-output name=b::c', 'a\n  : :set-output name=b::c'],
    ['std::string ##[error]', 'std::string **[error]'],
  ])('text is no command: %j', (text, shown) => {
    expect(actions.neutral(text)).toBe(shown);
  });
});

test.each([
  ['an agent of Azure', { TF_BUILD: 'True' }, azurePipelines],
  ['a terminal', {}, undefined],
  ['a variable that is switched off', { TF_BUILD: 'False', GITHUB_ACTIONS: '' }, undefined],
])('%s is known by its variables', (_name, env, found) => {
  expect(findCiSystem(env)).toBe(found);
});

test('a runner of GitHub is known, and where outputs go', () => {
  const env = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: '/tmp/out' };
  expect(findCiSystem(env)).toMatchObject({ outputFile: '/tmp/out' });
});
