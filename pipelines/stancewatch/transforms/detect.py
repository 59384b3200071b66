"""Articles -> what each of them says."""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics

from stancewatch.core.article import Article
from stancewatch.core.failure import Failure, Stage, clip
from stancewatch.core.ports import Detector, Spec
from stancewatch.errors import DetectError
from stancewatch.transforms.elements import FAILURES, NAMESPACE, Detected, SpineSpec


class Detect(beam.PTransform[Article, Detected]):
    """PCollection[Article] -> {"detected": PCollection[Detected], FAILURES: ...[Failure]}."""

    def __init__(self, spec: SpineSpec) -> None:
        super().__init__()
        self._spec = spec

    def expand(self, articles: beam.PCollection) -> dict[str, beam.PCollection]:
        read = articles | "read each article" >> beam.ParDo(
            _Read(self._spec.detector)
        ).with_outputs(FAILURES, main="detected")
        return {"detected": read.detected, FAILURES: read[FAILURES]}


class _Read(beam.DoFn):
    """A text that breaks the detector is a dead letter; a model that cannot load stops the job."""

    def __init__(self, detector: Spec[Detector]) -> None:
        self._spec = detector

    def setup(self) -> None:
        self._detector = self._spec.open()

    def process(self, element: Article) -> Iterator[object]:
        try:
            detection = self._detector.detect(element)
        except DetectError as error:
            yield beam.pvalue.TaggedOutput(FAILURES, _dead_letter(element, error))
            return
        Metrics.counter(NAMESPACE, "mentions").inc(len(detection.mentions))
        Metrics.counter(NAMESPACE, "summits").inc(len(detection.tellings))
        yield Detected(element, detection)


def _dead_letter(article: Article, error: DetectError) -> Failure:
    where = article.url or f"{article.source} {article.id}"
    return Failure(Stage.DETECT, where, "unreadable", str(error), clip(article.text))
