"""The naming conventions of AWS as tables: verbs of operations, nouns, suffixes of handles.

    DescribeSecurityGroups --> Describe + SecurityGroups --> SecurityGroup
    SecurityGroupId        --> SecurityGroup + Id

No other module has knowledge of names; a further convention is a further entry here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

from conformance.specs.resources.resource import HandleKind

# Names of operations that change nothing.
READING = re.compile(
    r"(Describe|List|Get|Head|Search|Query|Scan|Lookup|Select|BatchGet|BatchDescribe|Validate|Test)(?![a-z])"
)

CREATE = "Create"

# This verb removes after days.
SCHEDULE = "Schedule"

# Verbs of other creating operations, each with the verbs of operations that remove what it created.
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

# Creating verbs that more often set a value than create a resource.
SETTERS = ("Put", "Add", "Send")

DELETES = (
    "Delete", "Remove", "Terminate", "Deregister", "Unregister", "Release", "Destroy", "Revoke", "Retire", "Cancel",
    "Deprovision", "Abort", "Stop", "Dispose", "Disconnect",
)  # fmt: skip
READS = ("Describe", "Get", "Head", "BatchGet", "BatchDescribe", "Retrieve")
LISTS = ("List", "Describe", "Get", "Search")
UPDATES = ("Update", "Modify", "Set", "Edit", "Change", "Put", "Replace")

# What may follow the noun in names of operations that read or change one resource.
READ_TAILS = ("Attributes", "Details", "Detail", "Info", "Metadata", "Properties", "Configuration", "Summary")
UPDATE_TAILS = ("Attributes", "Configuration", "Config", "Settings", "Properties", "Details", "Metadata", "Attribute")

# Names of handles: the suffix after the noun, or the whole name in the operations of the noun's family.
SUFFIXES = ("Identifier", "Name", "Arn", "Id", "Url", "Uri", "")
KINDS: Mapping[str, HandleKind] = {"name": "name", "id": "id", "arn": "arn", "url": "url", "uri": "url"}

# Verbs that start something: an id in their requests is that of an existing resource.
STARTERS = ("Start", "Run", "Launch", "Send")

# Endings of member names that refer to another service, or that are no reference.
ABOUT_ANOTHER = (
    "Id", "ID", "Arn", "ARN", "Url", "Uri", "Identifier", "Type", "Kind", "Region", "RegionName", "Scope", "Format",
    "Status", "Version", "Class",
)  # fmt: skip

# Names that state the kind of a handle, but no noun.
HANDLE_WORDS = frozenset({"id", "name", "arn", "identifier", "url", "uri"})

# Names without a noun of the service, in lower case.
GENERIC_NAMES = frozenset(
    f"{prefix}{suffix}"
    for prefix in ("", "resource", "entity", "target", "object", "item")
    for suffix in ("id", "name", "arn", "identifier", "url", "uri", "ids", "names", "arns", "identifiers")
) - {""}  # fmt: skip

# Members of requests with another name than the same value has in answers, in lower case.
ALIASES = {"ifmatch": "etag"}

# Members that identify the caller or the request, and no resource.
OF_THE_REQUEST = re.compile(r"(aws)?account(id(entifier)?s?)?|(client|change|request|creation|idempotency|caller)?token"
                            r"|\w*requestid|callerreference", re.IGNORECASE)  # fmt: skip

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z]|$|\d)|[A-Z]?[a-z]+|\d+|[A-Z]+")


@functools.lru_cache(maxsize=65536)
def split_words(name: str) -> tuple[str, ...]:
    """The words of a camel-case name: RestApiId -> Rest, Api, Id."""
    return tuple(_WORD.findall(name))


def noun_after(verb: str, name: str) -> str:
    """The rest of an operation's name after a verb; empty if the name begins with another verb."""
    rest = name.removeprefix(verb)
    return rest if rest != name and not rest[:1].islower() else ""


@functools.lru_cache(maxsize=65536)
def plurals(noun: str) -> tuple[str, ...]:
    """The possible plurals of a noun."""
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
    """The possible singulars of a name, the likeliest first; empty if the name is no plural."""
    if name.endswith("ss"):
        return ()
    hissing = ("xes", "sses", "ches", "shes", "zes", "uses")
    others = (("s", ""), ("es", ""), ("es", "is"), ("ices", "ex"), ("ices", "ix"), ("List", ""), ("Set", ""))
    rules = (("ies", "y"), *((each, each[:-2]) for each in hissing), *others)
    found = (name[: -len(end)] + single for end, single in rules if name.endswith(end) and len(name) > len(end) + 1)
    return tuple(dict.fromkeys(found))


@functools.lru_cache(maxsize=65536)
def noun_endings(noun: str) -> tuple[str, ...]:
    """Short forms of a noun without words at its beginning, longest first: SecurityGroup -> Group."""
    found = split_words(noun)
    return tuple("".join(found[start:]) for start in range(1, len(found)))


@functools.lru_cache(maxsize=65536)
def noun_beginnings(noun: str) -> tuple[str, ...]:
    """Short forms of a noun without words at its end, longest first: KeyPair -> Key."""
    found = split_words(noun)
    return tuple("".join(found[:end]) for end in range(len(found) - 1, 0, -1))


@functools.lru_cache(maxsize=65536)
def unversioned(noun: str) -> str:
    """The noun without a version number of the API: ClusterV2 -> Cluster."""
    return re.sub(r"V\d+$", "", noun)


def wider_nouns(noun: str) -> Iterator[str]:
    """Nouns of which a long noun may be a variant, the longest first: LocationEfs -> Efs, Location."""
    for ending, beginning in zip(noun_endings(noun), noun_beginnings(noun), strict=True):
        yield ending
        yield beginning


@functools.lru_cache(maxsize=65536)
def suffix_of(name: str, noun: str) -> str | None:
    """The handle suffix of a member name with this noun: RestApiId -> Id; None if the name does not have the noun."""
    low, stem = name.lower().replace("_", ""), noun.lower()
    if not low.startswith(stem):
        return None
    rest = low[len(stem) :]
    return next((suffix for suffix in SUFFIXES if suffix.lower() == rest), None)


def bare_suffix(name: str) -> str | None:
    """The handle suffix of a member name without a noun: ResourceArn -> Arn; None if it is no such name."""
    low = name.lower()
    if low not in GENERIC_NAMES:
        return None
    low = low.rstrip("s")
    return next(suffix for suffix in SUFFIXES if low.endswith(suffix.lower()))
