"""Remembers green results by what went in: command, programs, data files. Red ones are never remembered."""

import glob
import hashlib
import json
import os
import threading


class Memory:
    def __init__(self, root, folder):
        self.root, self.folder = root, folder
        self.lock = threading.Lock()
        os.makedirs(folder, exist_ok=True)
        self.hashes = self._load("hashes.json")

    def _load(self, name):
        try:
            with open(f"{self.folder}/{name}", encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            return {}

    def _store(self, name, value):
        with open(f"{self.folder}/{name}.new", "w", encoding="utf-8") as file:
            json.dump(value, file)
        os.replace(f"{self.folder}/{name}.new", f"{self.folder}/{name}")

    def file_hash(self, path):
        """Of the content; a file whose time and size stand as they were is not read again."""
        stat = os.stat(f"{self.root}/{path}")
        mark = [stat.st_mtime_ns, stat.st_size, stat.st_ino]
        with self.lock:
            known = self.hashes.get(path)
        if known and known[0] == mark:
            return known[1]
        with open(f"{self.root}/{path}", "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with self.lock:
            self.hashes[path] = [mark, digest]
        return digest

    def key(self, job, env):
        whole = hashlib.sha256(json.dumps([job.command, job.results, sorted(env.items())]).encode())
        for pattern in job.inputs:
            paths = sorted(
                p
                for p in glob.glob(pattern, root_dir=self.root, recursive=True, include_hidden=True)
                if os.path.isfile(f"{self.root}/{p}") and "__pycache__" not in p
            )
            whole.update(f"{pattern} {len(paths)}\n".encode())
            for path in paths:
                whole.update(f"{path} {self.file_hash(path)}\n".encode())
        return whole.hexdigest()

    def recall(self, job, key):
        known = self._load(f"{slug(job.name)}.json")
        return known if known.get("key") == key else None

    def remember(self, job, key, result):
        self._store(
            f"{slug(job.name)}.json",
            {
                "key": key,
                "passed": result.passed,
                "skipped": result.skipped,
                "seconds": round(result.seconds, 2),
            },
        )

    def close(self):
        with self.lock:
            self._store("hashes.json", self.hashes)


def slug(name):
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name)
