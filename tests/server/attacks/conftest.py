"""The clinic's fixtures, for the attacks on it."""

from tests.server.clinic.conftest import clinic, clinic_pg, clinic_template  # noqa: F401
