"""Stands in for the package safetensors of PyPI, on machines that have no way to install it: see numpy.py."""
