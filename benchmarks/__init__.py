"""What this package costs, beside what its peers cost, in one run.

``python -m benchmarks`` measures everything; ``--write`` puts the tables where the documentation shows them.
"""
