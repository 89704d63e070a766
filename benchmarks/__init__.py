"""``python -m benchmarks`` measures what `lrdecay_lib.training` promises, against its rivals.
See `__main__`."""
