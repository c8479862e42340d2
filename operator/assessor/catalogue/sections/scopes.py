"""The combinations of scopes that controls have, named by their letters in the checklist."""

from assessor.catalogue.controls import Scope

N = frozenset({Scope.NAMESPACE})
C = frozenset({Scope.CLUSTER})
B = frozenset({Scope.BUILD})
N_C = N | C
N_B = N | B
