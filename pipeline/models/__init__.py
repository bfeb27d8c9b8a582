"""Runs the SQL models: their order, their checks, what is published, and the data dictionary."""

from pipeline.models.checks import CheckFailure, check_models
from pipeline.models.publishing import publish_build
from pipeline.models.runner import ModelRun, build_models

__all__ = ["CheckFailure", "ModelRun", "build_models", "check_models", "publish_build"]
