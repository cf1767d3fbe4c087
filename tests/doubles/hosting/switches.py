"""Every switch of the double, by name: one fault each.

requests --> what is let through, what is refused      answers --> what they say and how
rules    --> what goes unenforced                      state   --> what only several requests show
"""

from __future__ import annotations

from collections.abc import Mapping

from doubles.hosting.faults import Switch
from doubles.hosting.switches_answers import ANSWERS
from doubles.hosting.switches_requests import REQUESTS
from doubles.hosting.switches_rules import RULE_SWITCHES
from doubles.hosting.switches_state import STATE

SWITCHES: Mapping[str, Switch] = {**REQUESTS, **RULE_SWITCHES, **ANSWERS, **STATE}
