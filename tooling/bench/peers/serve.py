"""The peer's side of the bench: answers on standard output, one JSON document a line.

Started as `python FILE WORK THREADS`. The first line tells what is measured; then every line that comes, the seconds
that a block may take, is answered with the milliseconds of each repetition.
"""

import json
import os
import sys
import time


def arguments():
    """The work and the number of threads. Called before a framework is imported, which reads its threads at import."""
    work, threads = sys.argv[1], int(sys.argv[2])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    return work, threads


def serve(make, facts):
    """Measures what `make()` returns: a function that does the work once and waits for its end.

    `make` may add facts of its own (`parameters`) as a second value.
    """
    made = make()
    once, own = made if isinstance(made, tuple) else (made, {})
    print(json.dumps({"ready": True, **facts, **own}), flush=True)
    for line in sys.stdin:
        seconds = json.loads(line)["seconds"]
        milliseconds = []
        start = time.perf_counter()
        while not milliseconds or time.perf_counter() - start < seconds:
            before = time.perf_counter()
            once()
            milliseconds.append(1000 * (time.perf_counter() - before))
        print(json.dumps({"milliseconds": milliseconds, **peak_memory()}), flush=True)


def peak_memory():
    """The largest memory that the process has had, where the system tells."""
    try:
        import resource
    except ImportError:
        return {}
    return {"peakBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
