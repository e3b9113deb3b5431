import { packageScope } from '../scope';
import { planRepository, type RepositoryRequest } from './plan-repository';

const built = (key: string) => ({ key, rpms: [] });
const request: RepositoryRequest = {
  scope: packageScope('p', '/src', '/cache', 'host:1'),
  image: 'sha256:1',
  keep: 'latest',
  packages: { b: built('2'), a: built('1') },
};

function made(change: Partial<RepositoryRequest> = {}, current?: string) {
  const plan = planRepository({ ...request, ...change }, current);
  if (plan.action === 'none') throw new Error('nothing is made');
  return plan;
}

test('names every build, in an order of its own', () => {
  expect(made().job.container.command.slice(-3)).toEqual(['latest', 'a/1', 'b/2']);
  expect(made({ packages: { a: built('1'), b: built('2') } }).key).toBe(made().key);
});

test('the one that is there of the same builds is left', () => {
  expect(planRepository(request, made().key)).toEqual({ action: 'none' });
});

test.each<[string, Partial<RepositoryRequest>]>([
  ['another build', { packages: { a: built('1'), b: built('3') } }],
  ['a package less', { packages: { a: built('1') } }],
  ['builds that are kept', { keep: 'all' }],
])('%s makes it anew', (_name, change) => {
  expect(made(change, made().key).key).not.toBe(made().key);
});
