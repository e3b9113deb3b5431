import { chosenDebs } from './chosen-debs';

it('takes what was asked for, and leaves out the basic system with what it needs', () => {
  const output = `manual apt
manual gcc
manual procps
manual libc6
manual perl
manual usrmerge
manual coreutils
manual gone
gcc 4:12.2.0-3 optional , cpp (= 4:12.2.0-3), gcc-12 (>= 12.2.0-1~)
gcc-12 12.2.0-14 optional , libc6 (>= 2.36)
libc6 2.36-9 optional , libgcc-s1
coreutils 9.1-1 required libc6 (>= 2.34), libacl1:any (>= 2.2.23),
init-system-helpers 1.65.2 required usrmerge | usr-is-merged,
usrmerge 37 optional , perl:any
perl 5.36 optional ,
apt 2.6 important , libc6
procps 4.0 important ,
`;
  expect([...chosenDebs(output)]).toEqual([
    ['gcc', '4:12.2.0-3'],
    ['procps', '4.0'],
  ]);
});
