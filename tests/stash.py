"""What a test session remembers beside its fixtures."""

import pytest

from playground.operator_process import OperatorProcess

OPERATOR = pytest.StashKey[OperatorProcess]()
"""The operator of the moment, whose log tells why a test failed."""
