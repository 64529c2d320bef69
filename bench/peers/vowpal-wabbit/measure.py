"""Vowpal Wabbit's side: measure.py TOP SHOWN prints one JSON line. README.md says what is measured.

Rates are by the processor time of the whole process, all threads; its own driver reads text and
cache, with the time to open an empty model taken off.
"""

import json
import os
import sys
import time
from importlib.metadata import version

from vowpalwabbit import Workspace

SHARED = "--cb_explore_adf -q ui -q ut -q gt --quiet"
EXPLORATIONS = ["--squarecb", "--epsilon 0.05"]


def seconds(act):
    begun = time.process_time()
    act()
    return time.process_time() - begun


def driven(options, path, count, cache):
    """Examples a second by the native driver."""
    source = f"-d {path}"
    if cache:
        kept = f"{path}.cache"
        source += f" --cache_file {kept}"
        if not os.path.exists(kept):
            Workspace(f"{options} {source} -k").finish()
    empty = seconds(lambda: Workspace(options).finish())
    return count / (seconds(lambda: Workspace(f"{options} {source}").finish()) - empty)


def quantiles(values):
    ordered = sorted(values)
    at = lambda share: ordered[max(0, -int(-share * len(ordered) // 1) - 1)]
    return {"p50": at(0.5), "p99": at(0.99)}


def timed(act, over):
    """Microseconds of each call: quantiles by the clock, and of the thread's processor time."""
    clock, cpu = [], []
    for one in over:
        cpu_begun = time.thread_time_ns()
        begun = time.perf_counter_ns()
        act(one)
        clock.append((time.perf_counter_ns() - begun) / 1000)
        cpu.append((time.thread_time_ns() - cpu_begun) / 1000)
    return {"us": quantiles(clock), "cpuUs": quantiles(cpu)}


def learn_parsed(vw, examples):
    for one in examples:
        vw.learn(one)


def measure_form(exploration, form, path):
    """Rates of learning from one file, and the times of decisions where it holds whole ones."""
    options = f"{SHARED} {exploration}"
    with open(path, encoding="utf-8") as file:
        texts = [text for text in file.read().split("\n\n") if text.strip()]
    rates = {
        "text": driven(options, path, len(texts), False),
        "cache": driven(options, path, len(texts), True),
    }
    vw = Workspace(options)
    # Parsed examples take about a kilobyte a line: not more of them than memory likes.
    examples = [vw.parse(text) for text in texts[:4000]]
    rates["parsed"] = len(examples) / seconds(lambda: learn_parsed(vw, examples))
    learn = [
        {"exploration": exploration, "from": source, "form": form, "examplesPerSecond": rate}
        for source, rate in rates.items()
    ]
    decide = []
    if form == "top":
        for source, act, over in [
            ("parsed", vw.predict, examples),
            ("text", vw.predict, texts[:1000]),
        ]:
            decide.append({"exploration": exploration, "from": source, **timed(act, over)})
    for one in examples:
        vw.finish_example(one)
    vw.finish()
    return learn, decide


def main(top, shown):
    learn, decide = [], []
    for exploration in EXPLORATIONS:
        for form, path in [("top", top), ("shown", shown)]:
            more = measure_form(exploration, form, path)
            learn += more[0]
            decide += more[1]
    print(json.dumps({"version": version("vowpalwabbit"), "learn": learn, "decide": decide}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
