"""Classifies status values by their words: in transition, settled, failed or gone.

    CREATE_IN_PROGRESS, pending, Launching   creating      ACTIVE, InService, available   settled
    pending-acceptance, WAITING_FOR_APPROVAL waiting       (for another operation: it does not pass by itself)
    UPDATE_FAILED, error, TimedOut           failed        DELETED, terminated            gone

The tables come from the status enums and waiters of botocore's models. The first table that has a word decides.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Phase: TypeAlias = Literal["settled", "failed", "gone", "creating", "updating", "deleting", "moving", "waiting"]

# States in which the resource can be used, the likeliest first.
SETTLED = (
    "active", "available", "inservice", "ready", "enabled", "deployed", "completed", "complete", "succeeded", "success",
    "successful", "issued", "createcomplete", "created", "createcompleted", "createsucceeded", "operational", "running",
    "online", "healthy", "ok", "live", "provisioned", "registered", "connected", "associated", "attached", "inuse",
    "open", "valid", "verified", "configured", "installed", "synced", "finished", "done", "updatecomplete", "updated",
    "updatesucceeded", "updatecompleted", "approved", "published", "imported", "up", "started", "normal", "initialized",
    "built", "prepared", "idle", "waitingforconnection", "versioned", "resolved", "granted",
)  # fmt: skip

# Settled states in which the resource cannot be used at present.
UNUSABLE = (
    "stopped", "inactive", "disabled", "paused", "suspended", "outofservice", "archived", "disconnected", "offline",
    "closed", "draft", "hibernated", "standby", "down", "updaterollbackcomplete", "rollbackcomplete", "degraded",
    "partiallyactive", "deprecated", "deactivated", "notavailable", "unavailable",
)  # fmt: skip

# A job has an end among its values; while it runs, it is on the way.
JOB_ENDS = frozenset({"completed", "complete", "succeeded", "success", "successful", "finished", "done"})
_WORKING = re.compile(r"running|inprogress|processing|active|executing|working|started|runnable|uploading|analyzing")

_TABLES: tuple[tuple[Phase, re.Pattern[str]], ...] = (
    ("failed", re.compile(r"""
        .*(fail|error|timedout|timeout|rejected|invalid|unhealthy|expired|denied|incompatible|inaccessible).*
        | abort(ed)? | cancell?ed | impaired | lost | unrecoverable | infeasible | unsupported | revoked
        """, re.VERBOSE)),
    # Another operation ends these: a request is accepted, approved, confirmed or agreed to by whoever it was sent to.
    ("waiting", re.compile(r"""
        (pending|awaiting|waiting(for)?|requires)[a-z]*(accept|acceptance|approval|confirmation|consent)
        | awaitingaction
        """, re.VERBOSE)),
    ("gone", re.compile(r"""
        .*delet(ed|ecomplete|ecompleted) | terminated | deregistered | removed | destroyed | released | deprovisioned
        | disassociated | detached | retired | deletesucceeded | decommissioned
        """, re.VERBOSE)),
    ("deleting", re.compile(r"""
        .*delet(ing|edrunning|edterminating|einprogress|ionpending|ioninprogress|epending).*
        | pending(delet(e|ion)|termination|removal|deregistration) | terminating | shuttingdown | deregistering
        | removing | destroying | deletescheduled | revoking | releasing | deprovisioning | purging | disassociating
        | detaching | scheduledfordeletion | decommissioning | unregistering
        """, re.VERBOSE)),
    ("updating", re.compile(r"""
        .*(updating|updateinprogress|updatepending|modifying|modifyinprogress|upgrading|resizing|scaling|rebooting
           |restarting|configuring|updaterequested).*
        | pendingupdate | maintenance | rotating | changing | editing | patching | migrating | rebalancing | replacing
        | optimizing | renaming | rollingback
        """, re.VERBOSE)),
    ("creating", re.compile(r"""
        .*(creating|createinprogress|createpending|creationinprogress|creationpending|createrequested).*
        | pending(creation|create|validation)? | provisioning | initiali[sz](ing|ation) | initiated
        | starting | launching | queued | inqueue | submitted | requested | building | preparing | registering
        | scheduled | accepted | associating | attaching | allocating | bootstrapping | new | notstarted
        | startinprogress | enabling | activating | installing | deploying | importing | copying
        | registrationinprogress | restoring | setup | settingup | connecting | waiting | issuing | pendingissuance
        | joining
        """, re.VERBOSE)),
    ("moving", re.compile(r".*(inprogress|ing) | running | pending.* | .*pending | .*rollback.*progress", re.VERBOSE)),
)  # fmt: skip

# Backing-up, ResettingCredentials, WAITING_FOR_CAPACITY
_ON_THE_WAY = re.compile(r"[A-Za-z][a-z]{2,}ing(?![a-z])|[A-Z]{3,}ING(?![A-Z])")


def normalized_status(value: str) -> str:
    """A value in lower case, without the characters between its words."""
    return re.sub(r"[^a-z0-9]", "", value.lower())


def phase_of(value: str, *, is_job: bool = False) -> Phase | None:
    """The phase of a status by its words: `settled`, `failed`, `gone`, `creating`, `updating`, `deleting`,
    `moving` or `waiting`.

    A job ends, so the value in which it runs is transient. None for words that are not known.
    """
    word = normalized_status(value)
    if is_job and _WORKING.fullmatch(word):
        return "moving"
    if word in SETTLED or word in UNUSABLE:
        return "settled"
    known = next((kind for kind, table in _TABLES if table.fullmatch(word)), None)
    return known or ("moving" if _ON_THE_WAY.match(value) else None)
