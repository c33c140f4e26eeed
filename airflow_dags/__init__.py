"""Airflow DAGs that call the same stages through `damjang run --only STEP`. Thin."""
