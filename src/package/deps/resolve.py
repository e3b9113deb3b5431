"""Holds pinned packages against repositories, and resolves what they need, by dnf.

Reads /buildenv/request.json; prints one line for each problem, or the packages to install. Run by
resolve.sh, in a builder's container.
"""

import json
import sys

import dnf

MARK = "\x1e"


def tell(kind, **fields):
    print(MARK + json.dumps({"kind": kind, **fields}), flush=True)


def version_of(package):
    return f"{package.epoch}:{package.version}-{package.release}"


def open_repositories(request):
    base = dnf.Base()
    conf = base.conf
    conf.cachedir = "/tmp/dnf"
    conf.installroot = "/tmp/root"
    conf.install_weak_deps = False
    conf.substitutions["arch"] = request["arch"]
    conf.substitutions["basearch"] = request["arch"]
    conf.substitutions["releasever"] = "9"
    conf.module_platform_id = "platform:el9"
    for repository in request["repositories"]:
        base.repos.add_new_repo(
            repository["name"],
            conf,
            baseurl=[repository["url"]],
            skip_if_unavailable=False,
            gpgcheck=False,
            retries=1,
            timeout=10,
        )
    base.fill_sack(load_system_repo=False)
    return base


def find_pin(base, pin, ours, arch):
    """The package of a pin, where exactly one repository has it and that is ours."""
    named = base.sack.query().available().filterm(name=pin["name"], arch=[arch, "noarch"])
    found = [package for package in named if version_of(package) == pin["version"]]
    there = sorted({version_of(package) for package in named if package.reponame == ours})
    repositories = sorted({package.reponame for package in found})
    if ours not in repositories:
        tell("missing", there=there, repositories=repositories, **pin)
    elif len(repositories) > 1:
        tell("clash", repositories=repositories, **pin)
    else:
        return found[0]
    return None


def describe(package):
    kind, checksum = package.returnIdSum()
    return {
        "name": package.name,
        "version": version_of(package),
        "arch": package.arch,
        "url": package.remote_location(),
        kind: checksum,
        "repository": package.reponame,
    }


def main():
    with open("/buildenv/request.json", encoding="utf-8") as file:
        request = json.load(file)
    try:
        base = open_repositories(request)
    except dnf.exceptions.RepoError as error:
        tell("unreachable", reason=str(error))
        return
    ours = request["repositories"][0]["name"]
    pinned = [find_pin(base, pin, ours, request["arch"]) for pin in request["pins"]]
    if None in pinned or not request["resolve"]:
        return
    try:
        for package in pinned:
            base.package_install(package)
        for name in request["install"]:
            base.install(name)
        base.resolve()
    except dnf.exceptions.Error as error:
        tell("unresolved", reason=str(error))
        return
    chosen = [describe(package) for package in base.transaction.install_set]
    tell("lock", packages=sorted(chosen, key=lambda one: (one["name"], one["arch"])))


sys.exit(main())
