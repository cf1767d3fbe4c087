"""Rules of the overlay that say more of a clause about state: what AWS answers there, and how sure that is."""

from __future__ import annotations

from conformance.specs.clause import clause_glob
from conformance.specs.overlay import Overlay, Rule


def refining_rule(overlay: Overlay, clause: str, botocore: str | None = None) -> Rule | None:
    """The rule whose `law` is a glob of that clause's id; one that holds for a botocore version, where it is given."""
    stated = clause.partition(":")[2]
    for rule in overlay.rules:
        speaks = rule.law is not None and clause_glob(rule.law).fullmatch(stated) is not None
        if speaks and (botocore is None or rule.holds_for(botocore)):
            return rule
    return None
