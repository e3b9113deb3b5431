import { randomUUID } from 'node:crypto';
import { holdName, holdNameNext } from './hold-name';

/** A promise and what settles it. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

test('works one after the other, and goes on after a failure', async () => {
  const name = randomUUID();
  const log: string[] = [];
  const work = (word: string) => async () => {
    log.push(`${word} begins`);
    await new Promise(setImmediate);
    log.push(`${word} ends`);
    if (word === 'a') throw new Error('a');
  };
  const first = holdName(name, work('a'));
  const second = holdName(name, work('b'));
  await expect(first).rejects.toThrow('a');
  await second;
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('of those that come while it works one waits, and works after it', async () => {
  const name = randomUUID();
  const { opened, open } = gate();
  const begun = gate();
  let works = 0;
  const first = holdNameNext(name, () => {
    works++;
    begun.open();
    return opened;
  });
  await begun.opened;
  const work = () => {
    works++;
    return Promise.resolve();
  };
  const later = [holdNameNext(name, work), holdNameNext(name, work), holdNameNext(name, work)];
  await Promise.race(later);
  expect(works).toBe(1);
  open();
  await Promise.all([first, ...later]);
  expect(works).toBe(2);
});
