"""What the gateway costs, measured: `python -m benchmarks`, `benchmarks.soak`, `benchmarks.crash`.

Every figure is taken beside its yardstick in the same run, in turns: other work on the machine then
hits both. Not part of the wheel.
"""
