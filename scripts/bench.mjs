import { distro } from './bench/distro.mjs';
import { image } from './bench/image.mjs';
import { km } from './bench/km.mjs';
import { packages } from './bench/packages.mjs';
import { peers } from './bench/peers.mjs';
import { pullByKey } from './bench/pull-by-key.mjs';
import { registry } from './bench/registry.mjs';
import { run } from './bench/run.mjs';
import { start } from './bench/start.mjs';
import { sync } from './bench/sync.mjs';
import { throughput } from './bench/throughput.mjs';

/**
 * Times the built tool side by side with what a user would otherwise use: medians, in turns.
 * `npm run bench` does all, `npm run bench -- run image` some. Wants a quiet machine, `npm run build`
 * first, and an engine of this machine where both this tool and the docker client find it; `registry`
 * and `pull-by-key` also want Debian's docker-registry, `pull-by-key` this repository's base image,
 * `packages` and `sync` rsync, `peers` Podman and the npm registry, `km` a `/dev/kvm`.
 */
const benches = {
  start,
  image,
  run,
  peers,
  throughput,
  sync,
  distro,
  registry,
  'pull-by-key': pullByKey,
  packages,
  km,
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches);
const unknown = names.find((name) => !(name in benches));
if (unknown !== undefined) {
  console.error(`There is no benchmark '${unknown}': ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
for (const name of names) await benches[name]();
