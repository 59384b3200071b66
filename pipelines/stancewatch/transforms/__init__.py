"""The Beam half: composite transforms over the core's values. Only here and in `jobs` is Beam
known.

Each file is one stage: a public PTransform with a private DoFn. A store or detector is met only
through a port, given as a small frozen spec that is opened on the worker.
"""
