"""Modules that need threads, processes, signals, sockets, mappings and shared libraries."""
import json
import mmap
import multiprocessing
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import threading
import time


def square(x):
    return x * x


def main():
    print(json.dumps({"a": [1, 2.5, None]}))

    results = []
    threads = [threading.Thread(target=lambda i=i: results.append(i)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(results))

    print(subprocess.run(["echo", "child"], capture_output=True).stdout)
    print(subprocess.run("exit 3", shell=True).returncode)
    try:
        subprocess.run(["/none"])
    except FileNotFoundError as error:
        print("missing", error.filename)

    print(len(ssl.create_default_context().get_ciphers()) > 5)
    database = sqlite3.connect(":memory:")
    database.execute("create table t(a)")
    database.executemany("insert into t values(?)", [(i,) for i in range(100)])
    print(database.execute("select sum(a) from t").fetchone())

    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()

    def serve():
        connection, _ = server.accept()
        connection.sendall(b"served")
        connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    print(socket.create_connection(server.getsockname()).recv(10))
    thread.join()

    came = threading.Event()
    signal.signal(signal.SIGALRM, lambda *_: came.set())
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    while not came.is_set():
        time.sleep(0.01)
    print("alarm")

    with tempfile.TemporaryFile() as file:
        file.write(b"abc" * 5000)
        file.flush()
        print(mmap.mmap(file.fileno(), 0)[-3:])

    with multiprocessing.Pool(3) as pool:
        print(pool.map(square, range(5)))
    pid = os.fork()
    if pid == 0:
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    main()
