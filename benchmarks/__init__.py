"""What this package costs, beside what its peers cost, in one run.

``make bench`` makes an environment with the peers in ``.bench`` and measures everything there; ``.bench/bin/python -m
benchmarks --help`` says how to measure a part of it. Begin reading with `benchmarks.comparisons`, which has the table
of jobs, peers and bars.
"""
