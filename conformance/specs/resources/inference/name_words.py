"""The words that AWS puts its names together from: verbs of operations, nouns, suffixes of handles.

    DescribeSecurityGroups --> Describe + SecurityGroups --> SecurityGroup
    SecurityGroupId        --> SecurityGroup + Id

Everything that is known of the naming habits of AWS is in the tables of this module.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

from conformance.specs.resources.resource import HandleKind

# Operations that leave nothing behind, by the names that AWS gives them.
READING = re.compile(r"(Describe|List|Get|Head|Search|Query|Scan|Lookup|Select|BatchGet|Validate|Test)(?![a-z])")

CREATE = "Create"

# What this verb removes is there for days to come.
SCHEDULE = "Schedule"

# Verbs of other operations that make something, and of those that end it.
MAKERS: dict[str, tuple[str, ...]] = {
    "Register": ("Deregister", "Unregister", "Delete"),
    "Run": ("Terminate", "Stop", "Cancel", "Delete"),
    "Allocate": ("Release", "Deallocate"),
    "Request": ("Delete", "Cancel"),
    "Import": ("Delete", "Cancel"),
    "Start": ("Stop", "Cancel", "Delete", "Terminate"),
    "Upload": ("Delete",),
    "Provision": ("Deprovision", "Terminate", "Release", "Delete"),
    "Launch": ("Terminate", "Delete"),
    "Publish": ("Delete",),
    "Put": ("Delete", "Remove"),
    "Submit": ("Cancel", "Terminate", "Delete"),
    "Add": ("Remove", "Delete"),
    "Copy": ("Delete", "Deregister"),
    "Restore": ("Delete",),
    "Subscribe": ("Unsubscribe",),
    "Send": ("Cancel",),
    "Issue": ("Revoke",),
    "Generate": ("Delete",),
}  # fmt: skip

# Of those, the verbs that more often set something than make something.
SETTERS = ("Put", "Add", "Send")

DELETES = (
    "Delete", "Remove", "Terminate", "Deregister", "Unregister", "Release", "Destroy", "Revoke", "Retire", "Cancel",
    "Deprovision", "Abort", "Stop", "Dispose", "Disconnect",
)  # fmt: skip
READS = ("Describe", "Get", "Head", "BatchGet", "BatchDescribe", "Retrieve")
LISTS = ("List", "Describe", "Get", "Search")
UPDATES = ("Update", "Modify", "Set", "Edit", "Change", "Put", "Replace")

# What names of operations that read or change one thing may say after its noun.
READ_TAILS = ("Attributes", "Details", "Detail", "Info", "Metadata", "Properties", "Configuration", "Summary")
UPDATE_TAILS = ("Attributes", "Configuration", "Config", "Settings", "Properties", "Details", "Metadata", "Attribute")

# How a handle is called: what comes after the noun, or stands alone in the operations of the noun's family.
SUFFIXES = ("Identifier", "Name", "Arn", "Id", "Url", "Uri", "")
KINDS: Mapping[str, HandleKind] = {"name": "name", "id": "id", "arn": "arn", "url": "url", "uri": "url"}

# Verbs that set something going: an id in their requests is that of what is there already.
STARTERS = ("Start", "Run", "Launch", "Send")

# How names of members end that refer to what is not of the service, or say of which sort something is.
ABOUT_ANOTHER = (
    "Id", "ID", "Arn", "ARN", "Url", "Uri", "Identifier", "Type", "Kind", "Region", "RegionName", "Scope", "Format",
    "Status", "Version", "Class",
)  # fmt: skip

# Names that say which sort of handle they hold, and nothing of what it is a handle of.
HANDLE_WORDS = frozenset({"id", "name", "arn", "identifier", "url", "uri"})

# Names that say nothing of what they name, in lower case.
GENERIC_NAMES = frozenset(
    f"{prefix}{suffix}"
    for prefix in ("", "resource", "entity", "target", "object", "item")
    for suffix in ("id", "name", "arn", "identifier", "url", "uri", "ids", "names", "arns", "identifiers")
) - {""}  # fmt: skip

# Members of requests that ask for what answers call otherwise, in lower case.
ALIASES = {"ifmatch": "etag"}

# Members that say who asks, or make a request one of a kind: nothing that was made before.
OF_THE_REQUEST = re.compile(r"(aws)?account(id(entifier)?s?)?|(client|change|request|creation|idempotency|caller)?token"
                            r"|\w*requestid|callerreference", re.IGNORECASE)  # fmt: skip

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$|\d)|[A-Z]?[a-z]+|\d+|[A-Z]+")


@functools.lru_cache(maxsize=65536)
def split_words(name: str) -> tuple[str, ...]:
    """The words of a name in capitals and small letters: RestApiId -> Rest, Api, Id."""
    return tuple(_WORD.findall(name))


def noun_after(verb: str, name: str) -> str:
    """What an operation's name says after a verb; empty where it begins with another."""
    rest = name.removeprefix(verb)
    return rest if rest != name and not rest[:1].islower() else ""


@functools.lru_cache(maxsize=65536)
def plurals(noun: str) -> tuple[str, ...]:
    """What several things may be called."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return (f"{noun[:-1]}ies", f"{noun}s")
    if noun.endswith("x"):
        return (f"{noun}es", f"{noun[:-1]}ices", f"{noun[:-2]}ices")
    if noun.endswith("is"):
        return (f"{noun[:-2]}es", noun)
    if noun.endswith("s") and not noun.endswith("ss"):
        return (noun, f"{noun}es")
    return (f"{noun}s", f"{noun}es")


@functools.lru_cache(maxsize=65536)
def singulars(name: str) -> tuple[str, ...]:
    """What one of several things may be called, the likeliest first; nothing where the name is no plural."""
    if name.endswith("ss"):
        return ()
    hissing = ("xes", "sses", "ches", "shes", "zes", "uses")
    others = (("s", ""), ("es", ""), ("es", "is"), ("ices", "ex"), ("ices", "ix"), ("List", ""), ("Set", ""))
    rules = (("ies", "y"), *((each, each[:-2]) for each in hissing), *others)
    found = (name[: -len(end)] + single for end, single in rules if name.endswith(end) and len(name) > len(end) + 1)
    return tuple(dict.fromkeys(found))


@functools.lru_cache(maxsize=65536)
def noun_endings(noun: str) -> tuple[str, ...]:
    """The noun's own short forms, without words at its beginning: SecurityGroup -> Group."""
    found = split_words(noun)
    return tuple("".join(found[start:]) for start in range(1, len(found)))


@functools.lru_cache(maxsize=65536)
def noun_beginnings(noun: str) -> tuple[str, ...]:
    """The noun without words at its end: KeyPair -> Key."""
    found = split_words(noun)
    return tuple("".join(found[:end]) for end in range(len(found) - 1, 0, -1))


@functools.lru_cache(maxsize=65536)
def unversioned(noun: str) -> str:
    """The noun without the number of a later version of the API: ClusterV2 -> Cluster."""
    return re.sub(r"V\d+$", "", noun)


def wider_nouns(noun: str) -> Iterator[str]:
    """What a thing of a long noun may be a sort of, the longest first: LocationEfs -> Efs, Location."""
    for ending, beginning in zip(noun_endings(noun), noun_beginnings(noun), strict=True):
        yield ending
        yield beginning


@functools.lru_cache(maxsize=65536)
def suffix_of(name: str, noun: str) -> str | None:
    """How a member calls the handle of a noun: RestApiId -> Id; None where it does not speak of the noun."""
    low, stem = name.lower().replace("_", ""), noun.lower()
    if not low.startswith(stem):
        return None
    rest = low[len(stem) :]
    return next((suffix for suffix in SUFFIXES if suffix.lower() == rest), None)


def bare_suffix(name: str) -> str | None:
    """How a member that names no noun calls a handle: ResourceArn -> Arn; None where it is no such member."""
    low = name.lower()
    if low not in GENERIC_NAMES:
        return None
    low = low.rstrip("s")
    return next(suffix for suffix in SUFFIXES if low.endswith(suffix.lower()))
