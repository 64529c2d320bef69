#!/usr/bin/env bash
# pandas.read_csv ends rows at a bare carriage return within a field, and says nothing: a table grows by half rows.
#
# Version: pandas 2.3.3 (PyPI).
# Behaviour: with the default engine (C) and no `lineterminator`, \r alone ends a row outside quotes, also in a file
# whose lines end in \n. What comes after it becomes a row of its own, its missing fields NaN; there is no warning,
# for rows that are too short are allowed. A column of whole numbers becomes one of floats or of text.
# Expected, for a file of 2 rows that end in \n, one of which has \r within a field: 2 rows.
# Seen: 3 rows, the second with NaN; with lineterminator="\n" 2 rows, the \r kept.
# So row counts of published files with free text (captions, reviews) that were taken with pandas' defaults are too
# high by the number of such characters.
#
# Ends with 0 while the behaviour is as written above, else with 1. Takes a minute, most of it for the download;
# leaves nothing behind.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timeout 300 python3 -m pip install --quiet --disable-pip-version-check --target site pandas==2.3.3 >/dev/null
cat >probe.py <<'PY'
import io
import sys
import warnings

import pandas as pd

warnings.simplefilter("error")
data = b"video_id,caption\n12,one\rtwo\n148,three\n"
default = pd.read_csv(io.BytesIO(data))
told = pd.read_csv(io.BytesIO(data), lineterminator="\n")
print("version:", pd.__version__)
print("default:", len(default), "rows,", int(default["caption"].isna().sum()), "without a caption, video_id is", default["video_id"].tolist())
print("lineterminator='\\n':", len(told), "rows, captions", told["caption"].tolist())
same = (
    pd.__version__ == "2.3.3"
    and len(default) == 3
    and default["video_id"].tolist() == ["12", "two", "148"]
    and int(default["caption"].isna().sum()) == 1
    and told["caption"].tolist() == ["one\rtwo", "three"]
)
sys.exit(0 if same else 1)
PY
PYTHONPATH=site timeout 60 python3 probe.py
