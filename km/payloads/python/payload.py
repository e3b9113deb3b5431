"""What a static CPython has within it: numbers, text, threads, processes, sockets, files."""
import json
import math
import os
import re
import socket
import tempfile
import threading
import zlib

print(json.dumps({"list": [1, 2.5, None, True], "text": "\u00e4"}))
print(sum(math.sqrt(i) for i in range(1000)))
print(2**200 % 1000007)
print(re.findall(r"\b\w{4}\b", "some text with words"))
print(len(zlib.compress(b"x" * 100000)) < 1000)

total = 0
lock = threading.Lock()


def add(n):
    global total
    for _ in range(n):
        with lock:
            total += 1


threads = [threading.Thread(target=add, args=(1000,)) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(total)

read_end, write_end = os.pipe()
pid = os.fork()
if pid == 0:
    os.write(write_end, b"from the child")
    os._exit(5)
print(os.read(read_end, 100), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

left, right = socket.socketpair()
left.sendall(b"through a socket")
print(right.recv(100))

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")
    with open(path, "w") as file:
        file.write("line\n" * 10000)
    print(os.path.getsize(path), sum(1 for _ in open(path)))

try:
    open("/none")
except OSError as error:
    print(error)
