"""Metrics show what is, and nothing of what is gone."""

from assessor.adapters.metrics import Metrics


def text(metrics: Metrics) -> str:
    """Render as a scraper reads it."""
    return metrics.render()[0].decode()


def test_an_assessment_has_its_series_until_it_is_forgotten() -> None:
    """Deleting an assessment leaves no stale verdict on a dashboard."""
    metrics = Metrics()
    conditions = [{"type": "Compliant", "status": "False"}]
    status = {
        "score": 87,
        "coverage": 6,
        "summary": {"fail": 2},
        "conditions": conditions,
        "lastAssessedTime": "1970-01-01T00:01:40Z",
    }
    metrics.assessed("payments", "baseline", status)
    shown = text(metrics)
    assert 'kube_assessor_score{name="baseline",namespace="payments"} 87.0' in shown
    assert 'kube_assessor_compliant{name="baseline",namespace="payments"} 0.0' in shown
    age = "kube_assessor_last_assessed_timestamp_seconds"
    assert f'{age}{{name="baseline",namespace="payments"}} 100.0' in shown
    metrics.forget("payments", "baseline")
    assert "payments" not in text(metrics)
    metrics.forget("payments", "baseline")


def test_unknown_is_no_number() -> None:
    """Neither a score that is absent nor a verdict that is Unknown shows as zero."""
    metrics = Metrics()
    metrics.assessed("payments", "baseline", {"score": 50, "summary": {"fail": 1}})
    metrics.assessed("payments", "baseline", {"summary": {"fail": 0}})
    shown = text(metrics)
    assert "kube_assessor_score{" not in shown
    assert "kube_assessor_compliant{" not in shown


def test_state_is_what_was_last_observed() -> None:
    """Namespaces without an assessment, and the queue."""
    metrics = Metrics()
    metrics.observe_state(namespaces_without_assessment=3, queue_depth=2, leading=True)
    metrics.wrote("written")
    shown = text(metrics)
    assert "kube_assessor_namespaces_without_assessment 3.0" in shown
    assert "kube_assessor_queue_depth 2.0" in shown
    assert 'kube_assessor_status_writes_total{outcome="written"} 1.0' in shown
